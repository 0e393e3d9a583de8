// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/tables.hpp"

#include <boost/json.hpp>

#include <limits>

namespace forewarn::sqlite {
namespace {

namespace json = boost::json;

// An array of pairs keeps the rule's order; an object would lose it in other readers.
std::string kept_series(const series_key& series) {
  json::array out;
  for (const auto& [field, value] : series) out.push_back(json::array{field, value});
  return json::serialize(out);
}

series_key read_series(const std::string& text) {
  series_key out;
  const auto document = json::parse(text);
  for (const auto& pair : document.as_array())
    out.emplace_back(std::string{pair.at(0).as_string()}, std::string{pair.at(1).as_string()});
  return out;
}

std::string kept_changes(const std::vector<level_change>& changes) {
  json::array out;
  for (const auto& one : changes) out.push_back(json::array{kept(one.at), to_text(one.level), one.value});
  return json::serialize(out);
}

std::vector<level_change> read_changes(const std::string& text) {
  std::vector<level_change> out;
  const auto document = json::parse(text);
  for (const auto& one : document.as_array()) {
    const auto how = from_text<level>(std::string_view{one.at(1).as_string()});
    if (!how) throw store_error{"the database holds a signal with an unknown level in its changes"};
    out.push_back({instant{duration{one.at(0).to_number<std::int64_t>()}}, *how, one.at(2).to_number<double>()});
  }
  return out;
}

signal read(query& row) {
  signal out;
  std::string series;
  std::string changes;
  row.into(out.id, out.rule, out.rule_hash, series, out.level, out.opened_at, out.closed_at, out.close_reason,
           out.window.from, out.window.to, out.value, out.bound, out.retrospective, out.late, out.contradicted,
           out.held, changes);
  out.series = read_series(series);
  out.changes = read_changes(changes);
  return out;
}

std::vector<signal> read_all(query& rows) {
  std::vector<signal> out;
  while (rows.next()) out.push_back(read(rows));
  return out;
}

// Rows older than the named signal; all where none is named, none where it is unknown.
std::int64_t below(connection& db, const page& which) {
  if (which.after_id.empty()) return std::numeric_limits<std::int64_t>::max();
  query row{db, "SELECT seq FROM signal WHERE id = ?", which.after_id};
  std::int64_t seq = 0;
  if (row.next()) row.into(seq);
  return seq;
}

} // namespace

std::optional<signal> signal_by_id(connection& db, const signal_id& id) {
  query row{db,
            "SELECT id, rule, rule_hash, series, level, opened_at, closed_at, close_reason, window_from, window_to, "
            "value, bound, retrospective, late, contradicted, held, changes FROM signal WHERE id = ?",
            id};
  if (!row.next()) return {};
  return read(row);
}

std::vector<signal> signals(connection& db, bool open_only, const page& which) {
  const auto from = below(db, which);
  if (open_only) {
    query rows{db,
               "SELECT id, rule, rule_hash, series, level, opened_at, closed_at, close_reason, window_from, "
               "window_to, value, bound, retrospective, late, contradicted, held, changes FROM signal "
               "WHERE closed_at IS NULL AND retrospective = 0 AND seq < ? ORDER BY seq DESC LIMIT ?",
               from, limit_of(which)};
    return read_all(rows);
  }
  query rows{db,
             "SELECT id, rule, rule_hash, series, level, opened_at, closed_at, close_reason, window_from, window_to, "
             "value, bound, retrospective, late, contradicted, held, changes FROM signal "
             "WHERE seq < ? ORDER BY seq DESC LIMIT ?",
             from, limit_of(which)};
  return read_all(rows);
}

std::vector<signal> signals_opened(connection& db, instant from, instant to) {
  query rows{db,
             "SELECT id, rule, rule_hash, series, level, opened_at, closed_at, close_reason, window_from, window_to, "
             "value, bound, retrospective, late, contradicted, held, changes FROM signal "
             "WHERE opened_at >= ? AND opened_at < ? ORDER BY opened_at, seq",
             from, to};
  return read_all(rows);
}

std::vector<signal> open_signals_of(connection& db, const rule_id& rule) {
  query rows{db,
             "SELECT id, rule, rule_hash, series, level, opened_at, closed_at, close_reason, window_from, window_to, "
             "value, bound, retrospective, late, contradicted, held, changes FROM signal "
             "WHERE closed_at IS NULL AND retrospective = 0 AND rule = ? ORDER BY seq",
             rule};
  return read_all(rows);
}

void save(connection& db, const signal& s) {
  execute(db,
          "INSERT INTO signal (id, rule, rule_hash, series, level, opened_at, closed_at, close_reason, window_from, "
          "window_to, value, bound, retrospective, late, contradicted, held, changes) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
          "rule = excluded.rule, rule_hash = excluded.rule_hash, series = excluded.series, level = excluded.level, "
          "opened_at = excluded.opened_at, closed_at = excluded.closed_at, close_reason = excluded.close_reason, "
          "window_from = excluded.window_from, window_to = excluded.window_to, value = excluded.value, "
          "bound = excluded.bound, retrospective = excluded.retrospective, late = excluded.late, "
          "contradicted = excluded.contradicted, held = excluded.held, changes = excluded.changes",
          s.id, s.rule, s.rule_hash, kept_series(s.series), s.level, s.opened_at, s.closed_at, s.close_reason,
          s.window.from, s.window.to, s.value, s.bound, s.retrospective, s.late, s.contradicted, s.held,
          kept_changes(s.changes));
}

std::vector<observation_key> evidence(connection& db, const signal_id& id) {
  query rows{db, "SELECT feed, record FROM evidence WHERE signal = ? ORDER BY seq", id};
  std::vector<observation_key> out;
  while (rows.next()) {
    auto& key = out.emplace_back();
    rows.into(key.feed, key.id);
  }
  return out;
}

void add_evidence(connection& db, const signal_id& id, std::span<const observation_key> keys) {
  for (const auto& key : keys)
    execute(db, "INSERT OR IGNORE INTO evidence (signal, feed, record) VALUES (?, ?, ?)", id, key.feed, key.id);
}

void remove_evidence(connection& db, const signal_id& id, std::span<const observation_key> keys) {
  for (const auto& key : keys)
    execute(db, "DELETE FROM evidence WHERE signal = ? AND feed = ? AND record = ?", id, key.feed, key.id);
}

} // namespace forewarn::sqlite
