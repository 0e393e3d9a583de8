// SPDX-License-Identifier: Apache-2.0
// Clocks that run: a row is there until what it waits for was done.
#include "daemon/store/panel_tables.hpp"

namespace forewarn::sqlite {
namespace {

panel::clock_row read(query& row) {
  panel::clock_row out;
  row.into(out.kind, out.about, out.started_at, out.due_at, out.next_at, out.spoken);
  return out;
}

} // namespace

std::optional<panel::clock_row> clock_of(connection& db, panel::clock_kind kind, const std::string& about) {
  query row{db, "SELECT kind, about, started_at, due_at, next_at, spoken FROM panel_clock WHERE kind = ? AND about = ?",
            kind, about};
  if (!row.next()) return {};
  return read(row);
}

std::vector<panel::clock_row> clocks_due(connection& db, instant now) {
  query rows{db,
             "SELECT kind, about, started_at, due_at, next_at, spoken FROM panel_clock WHERE next_at <= ? "
             "ORDER BY next_at, kind, about",
             now};
  std::vector<panel::clock_row> out;
  while (rows.next()) out.push_back(read(rows));
  return out;
}

std::optional<instant> next_clock(connection& db) {
  query row{db, "SELECT min(next_at) FROM panel_clock"};
  std::optional<instant> out;
  if (row.next()) row.into(out);
  return out;
}

void save(connection& db, const panel::clock_row& one) {
  execute(db,
          "INSERT OR REPLACE INTO panel_clock (kind, about, started_at, due_at, next_at, spoken) "
          "VALUES (?, ?, ?, ?, ?, ?)",
          one.kind, one.about, one.started_at, one.due_at, one.next_at, one.spoken);
}

void stop_clock(connection& db, panel::clock_kind kind, const std::string& about) {
  execute(db, "DELETE FROM panel_clock WHERE kind = ? AND about = ?", kind, about);
}

} // namespace forewarn::sqlite
