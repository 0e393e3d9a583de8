// SPDX-License-Identifier: Apache-2.0
// Calendar periods in a zone, by number: days since 1970-01-01, or ISO weeks (week 0 began on Monday 1969-12-29). A day
// of 23 or 25 hours is a day like any other.
#pragma once

#include "forewarn/zone.hpp"
#include "rules/plan.hpp"

#include <cstdint>

namespace forewarn::rules {

using period = std::int32_t;

// As a rule says it: a day is 24 hours, a week seven of them.
[[nodiscard]] constexpr duration length_of(period_length every) {
  return std::chrono::hours{every == period_length::day ? 24 : 24 * 7};
}
[[nodiscard]] constexpr std::int32_t days_in(period_length every) {
  return every == period_length::day ? 1 : 7;
}

class periods {
public:
  periods(period_length every, const zone& local) : every_{every}, local_{local} {}

  [[nodiscard]] period of(instant at) const;
  // The period that holds this day.
  [[nodiscard]] period of_day(std::int32_t day) const;
  [[nodiscard]] std::int32_t first_day(period which) const;
  [[nodiscard]] instant begin(period which) const;
  [[nodiscard]] instant end(period which) const { return begin(which + 1); }
  [[nodiscard]] period_length every() const noexcept { return every_; }

private:
  [[nodiscard]] instant midnight_before(period which) const;

  period_length every_;
  zone local_;
  // The one asked for last: nearly always the one asked for next.
  mutable instant from_ = instant::max(), to_ = instant::min();
  mutable period last_ = 0;
};

} // namespace forewarn::rules
