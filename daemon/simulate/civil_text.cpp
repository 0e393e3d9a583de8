// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/civil_text.hpp"

#include "forewarn/instant.hpp"

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

using namespace std::chrono;

year_month_day calendar_day(civil_time at) {
  return year_month_day{floor<days>(at)};
}

} // namespace

civil_time midnight(civil_time at) {
  return civil_time{floor<days>(at)};
}

std::string iso_day(civil_time at) {
  const auto day = calendar_day(at);
  return fmt::format("{:04}-{:02}-{:02}", int{day.year()}, unsigned{day.month()}, unsigned{day.day()});
}

std::string iso_minute(civil_time at) {
  const hh_mm_ss clock{floor<minutes>(at - floor<days>(at))};
  return fmt::format("{}T{:02}-{:02}", iso_day(at), clock.hours().count(), clock.minutes().count());
}

std::string short_day(civil_time at) {
  const auto day = calendar_day(at);
  return fmt::format("{:02}{:02}{:02}", int{day.year()} % 100, unsigned{day.month()}, unsigned{day.day()});
}

std::string day_of_month_first(civil_time at) {
  return day_first(at).substr(0, 10);
}

std::string day_first(civil_time at) {
  const auto day = calendar_day(at);
  const hh_mm_ss clock{floor<minutes>(at - floor<days>(at))};
  return fmt::format("{:02}/{:02}/{:04} {:02}:{:02}", unsigned{day.day()}, unsigned{day.month()}, int{day.year()},
                     clock.hours().count(), clock.minutes().count());
}

std::optional<civil_time> read_day_or_time(std::string_view text) {
  // A wall clock has no offset; reading it as UTC gives the same fields.
  const auto at = parse_rfc3339(std::string{text} + (text.size() == 10 ? "T00:00:00Z" : ":00Z"));
  if (!at) return {};
  return civil_time{at->time_since_epoch()};
}

std::optional<civil_time> read_day(std::string_view text) {
  if (text.size() != 10) return {};
  return read_day_or_time(text);
}

} // namespace forewarn::simulate
