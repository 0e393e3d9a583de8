// SPDX-License-Identifier: Apache-2.0
#include "rules/periodic/periods.hpp"

namespace forewarn::rules {
namespace {

constexpr std::int32_t to_monday = 3; // 1970-01-01 was a Thursday

} // namespace

period periods::of_day(std::int32_t day) const {
  if (every_ == period_length::day) return day;
  const auto since = day + to_monday;
  return since / 7 - (since % 7 < 0 ? 1 : 0);
}

std::int32_t periods::first_day(period which) const {
  return every_ == period_length::day ? which : which * 7 - to_monday;
}

period periods::of(instant at) const {
  if (at >= from_ && at < to_) return last_;
  const auto day = std::chrono::floor<std::chrono::days>(local_.to_civil(at)).time_since_epoch().count();
  last_ = of_day(static_cast<std::int32_t>(day));
  from_ = midnight_before(last_);
  to_ = midnight_before(last_ + 1);
  return last_;
}

instant periods::begin(period which) const {
  if (which == last_ && from_ < to_) return from_;
  if (which == last_ + 1 && from_ < to_) return to_;
  return midnight_before(which);
}

instant periods::midnight_before(period which) const {
  return local_.to_instant(civil_time{std::chrono::days{first_day(which)}}).at;
}

} // namespace forewarn::rules
