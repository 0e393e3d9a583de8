// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/tables.hpp"

#include <limits>

namespace forewarn::sqlite {
namespace {

void read_rows(query& rows, std::vector<quarantined_row>& out) {
  while (rows.next()) {
    auto& r = out.emplace_back();
    rows.into(r.id, r.feed, r.source, r.line, r.column, r.code, r.reason, r.shown, r.at, r.raw, r.due_at);
  }
}

} // namespace

std::vector<quarantined_row> quarantined(connection& db, const std::optional<feed_id>& feed, const page& which) {
  const auto below = which.after > 0 ? which.after : std::numeric_limits<std::int64_t>::max();
  std::vector<quarantined_row> out;
  if (feed) {
    query rows{db,
               "SELECT id, feed, source, line, column_name, code, reason, shown, at, raw, due_at FROM quarantine "
               "WHERE feed = ? AND id < ? ORDER BY id DESC LIMIT ?",
               *feed, below, limit_of(which)};
    read_rows(rows, out);
  } else {
    query rows{db,
               "SELECT id, feed, source, line, column_name, code, reason, shown, at, raw, due_at FROM quarantine "
               "WHERE id < ? ORDER BY id DESC LIMIT ?",
               below, limit_of(which)};
    read_rows(rows, out);
  }
  return out;
}

void quarantine(connection& db, const quarantined_row& row) {
  execute(db,
          "INSERT INTO quarantine (feed, source, line, column_name, code, reason, shown, at, raw, due_at) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          row.feed, row.source, row.line, row.column, row.code, row.reason, row.shown, row.at, row.raw, row.due_at);
}

std::optional<quarantined_row> quarantined_by_id(connection& db, std::int64_t id) {
  query rows{db,
             "SELECT id, feed, source, line, column_name, code, reason, shown, at, raw, due_at FROM quarantine "
             "WHERE id = ?",
             id};
  std::vector<quarantined_row> out;
  read_rows(rows, out);
  if (out.empty()) return {};
  return std::move(out.front());
}

std::vector<quarantined_row> quarantined_due(connection& db, instant now, std::size_t most) {
  query rows{db,
             "SELECT id, feed, source, line, column_name, code, reason, shown, at, raw, due_at FROM quarantine "
             "WHERE due_at <= ? ORDER BY due_at LIMIT ?",
             now, static_cast<std::int64_t>(most)};
  std::vector<quarantined_row> out;
  read_rows(rows, out);
  return out;
}

void quarantine_again(connection& db, const quarantined_row& row) {
  execute(db,
          "UPDATE quarantine SET line = ?, column_name = ?, code = ?, reason = ?, shown = ?, due_at = ? WHERE id = ?",
          row.line, row.column, row.code, row.reason, row.shown, row.due_at, row.id);
}

void release(connection& db, std::int64_t quarantined) {
  execute(db, "DELETE FROM quarantine WHERE id = ?", quarantined);
}

std::vector<review_item> review_items(connection& db) {
  query rows{db, "SELECT feed, column_name, word, times, first_seen_at, last_seen_at FROM unknown_word "
                 "ORDER BY times DESC, feed, column_name, word"};
  std::vector<review_item> out;
  while (rows.next()) {
    auto& r = out.emplace_back();
    rows.into(r.feed, r.column, r.word, r.times, r.first_seen_at, r.last_seen_at);
  }
  return out;
}

bool note_unknown_word(connection& db, const feed_id& feed, const std::string& column, const std::string& word,
                       instant at) {
  const bool known = execute(db,
                             "UPDATE unknown_word SET times = times + 1, last_seen_at = ? "
                             "WHERE feed = ? AND column_name = ? AND word = ?",
                             at, feed, column, word) > 0;
  if (!known)
    execute(db,
            "INSERT INTO unknown_word (feed, column_name, word, times, first_seen_at, last_seen_at) "
            "VALUES (?, ?, ?, 1, ?, ?)",
            feed, column, word, at, at);
  return !known;
}

} // namespace forewarn::sqlite
