// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/tables.hpp"

namespace forewarn::sqlite {

std::optional<file_checkpoint> file_by_hash(connection& db, const feed_id& feed, const std::string& content_hash) {
  query rows{db,
             "SELECT feed, content_hash, name, size, modified_at, rows_done, finished, accepted, revised, withdrawn, "
             "duplicate, stale, unselected, quarantined, updated_at FROM file_progress "
             "WHERE feed = ? AND content_hash = ?",
             feed, content_hash};
  if (!rows.next()) return {};
  file_checkpoint out;
  rows.into(out.feed, out.content_hash, out.name, out.size, out.modified_at, out.rows_done, out.finished, out.accepted,
            out.revised, out.withdrawn, out.duplicate, out.stale, out.unselected, out.quarantined, out.updated_at);
  return out;
}

bool file_finished(connection& db, const feed_id& feed, const std::string& name, std::int64_t size,
                   instant modified_at) {
  query rows{db,
             "SELECT 1 FROM file_progress WHERE feed = ? AND name = ? AND size = ? AND modified_at = ? "
             "AND finished = 1",
             feed,
             name,
             size,
             modified_at};
  return rows.next();
}

void save(connection& db, const file_checkpoint& p) {
  execute(db,
          "INSERT OR REPLACE INTO file_progress (feed, content_hash, name, size, modified_at, rows_done, finished, "
          "accepted, revised, withdrawn, duplicate, stale, unselected, quarantined, updated_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          p.feed, p.content_hash, p.name, p.size, p.modified_at, p.rows_done, p.finished, p.accepted, p.revised,
          p.withdrawn, p.duplicate, p.stale, p.unselected, p.quarantined, p.updated_at);
}

std::vector<feed_totals> totals(connection& db) {
  query rows{db, "SELECT feed, row_count, accepted, revised, withdrawn, duplicate, stale, unselected, quarantined, "
                 "odd_times, last_arrival FROM feed_total ORDER BY feed"};
  std::vector<feed_totals> out;
  while (rows.next()) {
    auto& t = out.emplace_back();
    rows.into(t.feed, t.rows, t.accepted, t.revised, t.withdrawn, t.duplicate, t.stale, t.unselected, t.quarantined,
              t.odd_times, t.last_arrival);
  }
  return out;
}

void count_rows(connection& db, const feed_totals& more, instant at) {
  execute(
      db,
      "INSERT INTO feed_total (feed, row_count, accepted, revised, withdrawn, duplicate, stale, unselected, "
      "quarantined, odd_times, last_arrival) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (feed) DO UPDATE SET "
      "row_count = row_count + excluded.row_count, accepted = accepted + excluded.accepted, "
      "revised = revised + excluded.revised, withdrawn = withdrawn + excluded.withdrawn, "
      "duplicate = duplicate + excluded.duplicate, stale = stale + excluded.stale, "
      "unselected = unselected + excluded.unselected, quarantined = quarantined + excluded.quarantined, "
      "odd_times = odd_times + excluded.odd_times, "
      "last_arrival = max(coalesce(last_arrival, excluded.last_arrival), excluded.last_arrival)",
      more.feed, more.rows, more.accepted, more.revised, more.withdrawn, more.duplicate, more.stale, more.unselected,
      more.quarantined, more.odd_times, at);
}

std::vector<begun_incident> incidents_near(connection& db, const feed_id& feed, const std::string& place, instant from,
                                           instant to) {
  query rows{db,
             "SELECT at, incident FROM incident_begun WHERE feed = ? AND place = ? AND at BETWEEN ? AND ? "
             "ORDER BY at, incident",
             feed,
             place,
             from,
             to};
  std::vector<begun_incident> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.at, one.id);
  }
  return out;
}

void begin_incident(connection& db, const feed_id& feed, const std::string& place, const begun_incident& one) {
  execute(db, "INSERT OR IGNORE INTO incident_begun (feed, place, at, incident) VALUES (?, ?, ?, ?)", feed, place,
          one.at, one.id);
}

} // namespace forewarn::sqlite
