// SPDX-License-Identifier: Apache-2.0
// Notices that wait, what on-call was told of each signal, and mutes.
#include "daemon/store/tables.hpp"

#include <boost/json.hpp>

namespace forewarn::sqlite {
namespace {

namespace json = boost::json;

std::vector<waiting_notice> read_waiting(query& rows) {
  std::vector<waiting_notice> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.id, one.signal, one.rule, one.what, one.why, one.by, one.since, one.until, one.look_at, one.ended_at,
              one.how);
  }
  return out;
}

std::vector<told_signal> read_told(query& rows) {
  std::vector<told_signal> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    rows.into(one.signal, one.rule, one.first_at, one.at_once, one.told_at, one.level, one.value, one.remind_at,
              one.weekly_at);
  }
  return out;
}

std::vector<mute> read_mutes(query& rows) {
  std::vector<mute> out;
  while (rows.next()) {
    auto& one = out.emplace_back();
    std::string series;
    rows.into(one.ref, one.what, one.rule, one.site, series, one.since, one.until, one.by, one.why, one.ended_at,
              one.ended_by);
    const auto document = json::parse(series);
    for (const auto& pair : document.as_array())
      one.series.emplace_back(std::string{pair.at(0).as_string()}, std::string{pair.at(1).as_string()});
  }
  return out;
}

} // namespace

std::vector<waiting_notice> waiting_notices(connection& db, instant look_at_by) {
  query rows{db,
             "SELECT id, signal, rule, what, why, by, since, until, look_at, ended_at, how FROM waiting_notice "
             "WHERE ended_at IS NULL AND look_at <= ? ORDER BY since, id",
             look_at_by};
  return read_waiting(rows);
}

std::vector<waiting_notice> waiting_notices_of(connection& db, const signal_id& id) {
  query rows{db,
             "SELECT id, signal, rule, what, why, by, since, until, look_at, ended_at, how FROM waiting_notice "
             "WHERE signal = ? ORDER BY id",
             id};
  return read_waiting(rows);
}

void save(connection& db, const waiting_notice& w) {
  const auto id = w.id == 0 ? std::optional<std::int64_t>{} : std::optional{w.id};
  execute(db,
          "INSERT INTO waiting_notice (id, signal, rule, what, why, by, since, until, look_at, ended_at, how) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET what = excluded.what, "
          "why = excluded.why, by = excluded.by, until = excluded.until, look_at = excluded.look_at, "
          "ended_at = excluded.ended_at, how = excluded.how",
          id, w.signal, w.rule, w.what, w.why, w.by, w.since, w.until, w.look_at, w.ended_at, w.how);
}

std::optional<told_signal> told(connection& db, const signal_id& id) {
  query rows{db,
             "SELECT signal, rule, first_at, at_once, told_at, level, value, remind_at, weekly_at FROM told_signal "
             "WHERE signal = ?",
             id};
  auto found = read_told(rows);
  if (found.empty()) return {};
  return std::move(found.front());
}

std::vector<told_signal> told_due(connection& db, instant now) {
  query rows{db,
             "SELECT signal, rule, first_at, at_once, told_at, level, value, remind_at, weekly_at FROM told_signal "
             "WHERE remind_at <= ? OR weekly_at <= ? ORDER BY first_at, signal",
             now, now};
  return read_told(rows);
}

std::int64_t told_at_once(connection& db, const rule_id& rule, instant after) {
  query rows{db, "SELECT count(*) FROM told_signal WHERE rule = ? AND at_once = 1 AND first_at > ?", rule, after};
  std::int64_t count = 0;
  if (rows.next()) rows.into(count);
  return count;
}

void save(connection& db, const told_signal& t) {
  execute(db,
          "INSERT OR REPLACE INTO told_signal (signal, rule, first_at, at_once, told_at, level, value, remind_at, "
          "weekly_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          t.signal, t.rule, t.first_at, t.at_once, t.told_at, t.level, t.value, t.remind_at, t.weekly_at);
}

std::vector<mute> mutes(connection& db, bool standing_only) {
  if (standing_only) {
    query rows{db, "SELECT ref, what, rule, site, series, since, until, by, why, ended_at, ended_by FROM mute "
                   "WHERE ended_at IS NULL ORDER BY seq DESC"};
    return read_mutes(rows);
  }
  query rows{db, "SELECT ref, what, rule, site, series, since, until, by, why, ended_at, ended_by FROM mute "
                 "ORDER BY seq DESC"};
  return read_mutes(rows);
}

void save(connection& db, const mute& m) {
  json::array series;
  for (const auto& [field, value] : m.series) series.push_back(json::array{field, value});
  const auto kept_series = json::serialize(series);
  execute(db,
          "INSERT INTO mute (ref, what, rule, site, series, since, until, by, why, ended_at, ended_by) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ref) DO UPDATE SET until = excluded.until, "
          "ended_at = excluded.ended_at, ended_by = excluded.ended_by",
          m.ref, m.what, m.rule, m.site, kept_series, m.since, m.until, m.by, m.why, m.ended_at, m.ended_by);
}

std::optional<instant> next_after_signal(connection& db) {
  query rows{db, "SELECT min(at) FROM (SELECT min(look_at) AS at FROM waiting_notice WHERE ended_at IS NULL "
                 "UNION ALL SELECT min(remind_at) FROM told_signal WHERE remind_at IS NOT NULL "
                 "UNION ALL SELECT min(weekly_at) FROM told_signal WHERE weekly_at IS NOT NULL "
                 "UNION ALL SELECT min(until) FROM mute WHERE ended_at IS NULL)"};
  std::optional<instant> at;
  if (rows.next()) rows.into(at);
  return at;
}

} // namespace forewarn::sqlite
