// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/export_row.hpp"

#include "daemon/simulate/civil_text.hpp"

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == cell.npos) return cell;
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string unusable_line(dice& luck, const csv_record& like) {
  auto row = like.now;
  row[0] = "X" + row[0];
  switch (luck.below(3)) {
  case 0: row[0].clear(); break;
  case 1: row[like.time_cell] = "31/02/2026 10:00"; break;
  default: row.resize(3);
  }
  return csv_line(row);
}

// Records of the day itself go at once; others when their desk's day begins.
civil_time after_days(civil_time at, int days) {
  return days == 0 ? at : midnight(at) + std::chrono::days{days} + std::chrono::hours{9};
}

} // namespace

std::string csv_line(const cells& row) {
  std::string out;
  for (const auto& cell : row) {
    if (&cell != &row.front()) out += ',';
    out += quoted(cell);
  }
  return out;
}

std::string serial_text(civil_time at, std::uint64_t serial) {
  return fmt::format("{}-{:04}", short_day(at), serial);
}

void send_record(post_office& to, const rates::habits& by, dice& luck, civil_time at, const line_record& what,
                 std::optional<std::size_t> outbreak, bool cancelled) {
  const bool late = luck.chance(by.late) && !outbreak;
  const int usual = luck.between(by.usual_first, by.usual_last);
  const int later = luck.between(by.late_first, by.late_last);
  const bool again = luck.chance(by.revised);
  const int again_after = luck.between(by.again_first, by.again_last);
  outgoing_row row;
  row.id = what.id;
  row.ready = after_days(at, what.urgent ? 0 : late ? later : usual);
  row.twice = luck.chance(by.twice) && !cancelled;
  row.outbreak = outbreak;
  row.bad_line = what.bad;
  row.sort = cancelled ? row_sort::cancelled : late ? row_sort::late : row_sort::fresh;
  row.line = what.now;
  if (again && !what.before.empty() && !cancelled) {
    auto second = row;
    second.ready = after_days(row.ready, again_after);
    second.sort = row_sort::revised;
    second.twice = false;
    second.bad_line.clear();
    row.line = what.before;
    to.send(by.feed, std::move(second));
  }
  to.send(by.feed, std::move(row));
}

void send_record(post_office& to, const rates::habits& by, dice& luck, civil_time at, const csv_record& what,
                 std::optional<std::size_t> outbreak) {
  line_record lines{what.now.front(), csv_line(what.now), what.before.empty() ? "" : csv_line(what.before), {}};
  if (luck.chance(by.unusable) && !what.cancelled) lines.bad = unusable_line(luck, what);
  send_record(to, by, luck, at, lines, outbreak, what.cancelled);
}

} // namespace forewarn::simulate
