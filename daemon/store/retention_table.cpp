// SPDX-License-Identifier: Apache-2.0
// What may be kept no longer, and what is kept of it for ever. Figures for the daily mail, too: they go over the same
// tables from the outside.
#include "daemon/store/tables.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace forewarn::sqlite {
namespace {

std::int64_t counted(query&& rows) {
  std::int64_t count = 0;
  if (rows.next()) rows.into(count);
  return count;
}

constexpr char between = '\n'; // never within a word

std::string list_text(const std::vector<substance_id>& these) {
  std::string out;
  for (const auto& one : these) {
    if (!out.empty()) out += between;
    out += one.str();
  }
  return out;
}

std::vector<substance_id> read_list(const std::string& text) {
  std::vector<substance_id> out;
  for (std::size_t from = 0; from < text.size();) {
    const auto to = std::min(text.find(between, from), text.size());
    out.emplace_back(text.substr(from, to - from));
    from = to + 1;
  }
  return out;
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

// One by one what a row held, and the record itself.
std::vector<remembered> remembered_all(connection& db) {
  query rows{db, "SELECT feed, kind, coalesce(nullif(ward, ''), nullif(area, ''), lad) AS place, substances, confirmed, "
                 "certainty, min(day), max(day) FROM daily_count "
                 "GROUP BY feed, kind, place, substances, confirmed, certainty"};
  using seen = std::tuple<feed_id, kind_id, area_code, substance_id, bool>;
  std::map<seen, std::pair<std::int64_t, std::int64_t>> days;
  while (rows.next()) {
    remembered one;
    std::string substances, confirmed, certain;
    rows.into(one.feed, one.kind, one.area, substances, confirmed, certain, one.first_day, one.last_day);
    const auto note = [&](const substance_id& which, bool sure) {
      const auto [it, fresh] =
          days.try_emplace({one.feed, one.kind, one.area, which, sure}, std::pair{one.first_day, one.last_day});
      if (fresh) return;
      it->second.first = std::min(it->second.first, one.first_day);
      it->second.second = std::max(it->second.second, one.last_day);
    };
    note({}, false);
    const auto sure = read_list(confirmed);
    for (const auto& which : read_list(substances))
      if (std::find(sure.begin(), sure.end(), which) == sure.end())
        note(which, sure.empty() && certain == to_text(certainty::confirmed));
    for (const auto& which : sure) note(which, true);
  }
  std::vector<remembered> out;
  for (const auto& [what, when] : days) {
    const auto& [feed, kind, area, substance, sure] = what;
    out.push_back({feed, kind, area, substance, sure, when.first, when.second});
  }
  return out;
}

void each_daily_count(connection& db, const std::function<void(const daily_count&)>& take) {
  query rows{db, "SELECT feed, kind, ward, lad, area, substances, confirmed, nullif(certainty, ''), "
                 "nullif(detained, ''), day, count, incidents FROM daily_count "
                 "ORDER BY day, feed, kind, ward, lad, area, substances, confirmed"};
  std::string substances, confirmed;
  while (rows.next()) {
    daily_count one;
    rows.into(one.feed, one.kind, one.ward, one.lad, one.area, substances, confirmed, one.certainty, one.detained,
              one.day, one.count, one.incidents);
    one.substances = read_list(substances);
    one.confirmed = read_list(confirmed);
    take(one);
  }
}

void add(connection& db, const daily_count& more) {
  execute(db,
          "INSERT INTO daily_count (feed, kind, ward, lad, area, substances, confirmed, certainty, detained, day, "
          "count, incidents) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (feed, kind, ward, lad, area, substances, confirmed, certainty, detained, day) "
          "DO UPDATE SET count = count + excluded.count, incidents = incidents + excluded.incidents",
          more.feed, more.kind, more.ward, more.lad, more.area, list_text(more.substances), list_text(more.confirmed),
          more.certainty ? std::string{to_text(*more.certainty)} : std::string{},
          more.detained ? std::string{to_text(*more.detained)} : std::string{}, more.day, more.count, more.incidents);
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
