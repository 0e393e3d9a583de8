// SPDX-License-Identifier: Apache-2.0
#include "daemon/arrival/contract.hpp"

#include <fmt/format.h>

namespace forewarn::arrival {
namespace {

using std::chrono::days;
constexpr duration half_a_day = std::chrono::hours{12};

std::string time_of_day(std::chrono::minutes at) {
  return fmt::format("{:02}:{:02}", at.count() / 60, at.count() % 60);
}

} // namespace

instant due_after(const connectors::arrival_contract& by, const zone& local, instant last) {
  if (!by.by) return last + by.every;
  // By the wall clock, so that a day of 23 or 25 hours is one day.
  const auto earliest = local.to_civil(last) + by.every - half_a_day;
  auto day = std::chrono::floor<days>(earliest);
  if (civil_time{day} + *by.by < earliest) day += days{1};
  return local.to_instant(civil_time{day} + *by.by).at;
}

counted_rows counted(const feed_totals& totals) {
  return {totals.rows - totals.quarantined, totals.last_arrival};
}

feed_watch after_arrivals(const connectors::arrival_contract& by, const zone& local, feed_watch before,
                          const counted_rows& rows) {
  const bool fresh = rows.last && *rows.last > before.kept_at;
  if (fresh && rows.usable - before.rows_before >= by.min_rows) {
    before.kept_at = *rows.last;
    before.rows_before = rows.usable;
  }
  before.due_at = due_after(by, local, before.kept_at);
  return before;
}

std::string spell(const connectors::arrival_contract& by) {
  std::string out = fmt::format("at least every {}", spell_duration(by.every));
  if (by.by && by.every == duration{days{1}})
    out = fmt::format("each day by {}", time_of_day(*by.by));
  else if (by.by)
    out = fmt::format("every {} by {}", spell_duration(by.every), time_of_day(*by.by));
  if (by.min_rows > 0) out += fmt::format(", {} row{} or more", by.min_rows, by.min_rows == 1 ? "" : "s");
  return out;
}

} // namespace forewarn::arrival
