// SPDX-License-Identifier: Apache-2.0
// What may be kept no longer, and what is kept of it for ever. Figures for the daily mail, too: they go over the same
// tables from the outside.
#include "daemon/store/tables.hpp"

namespace forewarn::sqlite {
namespace {

std::int64_t counted(query&& rows) {
  std::int64_t count = 0;
  if (rows.next()) rows.into(count);
  return count;
}

} // namespace

// Oldest first, so that records of one day go together.
std::vector<record_id> expired_records(connection& db, const feed_id& feed, instant before, std::size_t most) {
  query rows{db,
             "SELECT record FROM revision AS one WHERE feed = ? AND received_at < ? AND NOT EXISTS (SELECT 1 FROM "
             "revision AS later WHERE later.feed = one.feed AND later.record = one.record AND later.seq > one.seq) "
             "AND record NOT IN (SELECT e.record FROM signal AS s JOIN evidence AS e ON e.signal = s.id "
             "WHERE s.closed_at IS NULL AND e.feed = ?) ORDER BY seq LIMIT ?",
             feed,
             before,
             feed,
             static_cast<std::int64_t>(most)};
  std::vector<record_id> out;
  while (rows.next()) rows.into(out.emplace_back());
  return out;
}

expired_counts expired(connection& db, const feed_id& feed, instant before) {
  expired_counts out;
  out.records = counted(
      query{db,
            "SELECT count(*) FROM (SELECT record FROM revision WHERE feed = ? AND record NOT IN (SELECT e.record FROM "
            "signal AS s JOIN evidence AS e ON e.signal = s.id WHERE s.closed_at IS NULL AND e.feed = ?) "
            "GROUP BY record HAVING max(received_at) < ?)",
            feed, feed, before});
  out.quarantined = counted(query{db, "SELECT count(*) FROM quarantine WHERE feed = ? AND at < ?", feed, before});
  out.unknown_words =
      counted(query{db, "SELECT count(*) FROM unknown_word WHERE feed = ? AND first_seen_at < ?", feed, before});
  return out;
}

std::vector<remembered> remembered_all(connection& db) {
  query rows{db, "SELECT feed, kind, area, substance, confirmed, min(day), max(day) FROM daily_count "
                 "GROUP BY feed, kind, area, substance, confirmed"};
  std::vector<remembered> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.feed, one.kind, one.area, one.substance, one.confirmed, one.first_day, one.last_day);
  }
  return out;
}

std::vector<daily_count> daily_counts(connection& db) {
  query rows{db, "SELECT feed, kind, area, substance, confirmed, day, count FROM daily_count "
                 "ORDER BY day, feed, kind, area, substance, confirmed"};
  std::vector<daily_count> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.feed, one.kind, one.area, one.substance, one.confirmed, one.day, one.count);
  }
  return out;
}

void add(connection& db, const daily_count& more) {
  execute(db,
          "INSERT INTO daily_count (feed, kind, area, substance, confirmed, day, count) VALUES (?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (feed, kind, area, substance, confirmed, day) DO UPDATE SET count = count + excluded.count",
          more.feed, more.kind, more.area, more.substance, more.confirmed, more.day, more.count);
}

void forget(connection& db, const observation_key& record) {
  execute(db, "DELETE FROM evidence WHERE feed = ? AND record = ?", record.feed, record.id);
  execute(db, "DELETE FROM partner_reference WHERE feed = ? AND record = ?", record.feed, record.id);
  execute(db, "DELETE FROM revision WHERE feed = ? AND record = ?", record.feed, record.id);
}

void forget_refused(connection& db, const feed_id& feed, instant before) {
  execute(db, "DELETE FROM quarantine WHERE feed = ? AND at < ?", feed, before);
  execute(db, "DELETE FROM incident_begun WHERE feed = ? AND at < ?", feed, before);
  execute(db, "DELETE FROM unknown_word WHERE feed = ? AND first_seen_at < ?", feed, before);
}

figures_since figures(connection& db, instant since) {
  figures_since out;
  out.signals_opened =
      counted(query{db, "SELECT count(*) FROM signal WHERE opened_at >= ? AND retrospective = 0", since});
  out.alerts_issued = counted(query{db, "SELECT count(*) FROM alert WHERE version = 1 AND issued_at >= ?", since});
  out.delivered =
      counted(query{db, "SELECT count(*) FROM delivery WHERE settled_at >= ? AND state = 'delivered'", since});
  out.lost = counted(
      query{db, "SELECT count(*) FROM delivery WHERE settled_at >= ? AND state IN ('dead', 'disabled')", since});
  return out;
}

} // namespace forewarn::sqlite
