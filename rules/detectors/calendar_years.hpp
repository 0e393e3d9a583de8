// SPDX-License-Identifier: Apache-2.0
// Which period of an earlier year is "the same": so many calendar years back (29 February becomes 1 March), then the
// nearest day with the same weekday.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>

namespace forewarn::detectors {

// Days since 1970-01-01.
[[nodiscard]] inline std::int32_t years_back(std::int32_t day, int years) {
  namespace chrono = std::chrono;
  const chrono::year_month_day date{chrono::sys_days{chrono::days{day}}};
  const chrono::sys_days first = (date.year() - chrono::years{years}) / date.month() / 1;
  return static_cast<std::int32_t>(first.time_since_epoch().count()) + static_cast<std::int32_t>(unsigned{date.day()}) -
         1;
}

[[nodiscard]] inline std::int32_t same_weekday_near(std::int32_t day, std::int32_t weekday_of) {
  const auto sunday_first = [](std::int32_t of) { return ((of + 4) % 7 + 7) % 7; };
  const auto same_week = day - (sunday_first(day) - sunday_first(weekday_of));
  const auto other = same_week + (same_week > day ? -7 : 7);
  return std::abs(same_week - day) > std::abs(other - day) ? other : same_week;
}

[[nodiscard]] inline std::optional<std::size_t> period_of(std::span<const std::int32_t> days, std::int32_t day) {
  const auto found = std::lower_bound(days.begin(), days.end(), day);
  if (found == days.end() || *found != day) return {};
  return static_cast<std::size_t>(found - days.begin());
}

} // namespace forewarn::detectors
