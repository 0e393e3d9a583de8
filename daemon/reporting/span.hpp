// SPDX-License-Identifier: Apache-2.0
// The time that a report covers: a calendar month, quarter or ISO week by the local clock, or the days between two
// dates. Days of 23 and 25 hours are whole days.
#pragma once

#include "forewarn/result.hpp"
#include "forewarn/zone.hpp"

#include <string>
#include <vector>

namespace forewarn::reporting {

struct span {
  instant from, to;  // [from, to)
  std::string key;   // "2026-10", "2026-Q3", "2026-W47": as it is asked for
  std::string words; // "October 2026"

  [[nodiscard]] bool holds(instant at) const { return from <= at && at < to; }
};

enum class span_kind : std::uint8_t {
  month,
  quarter,
  week
};

// "2026-10", "2026-Q3", "2026-W47". The error says what such a text looks like.
[[nodiscard]] result<span, std::string> span_named(span_kind what, const std::string& text, const zone& local);
// The one that ended last before `now`.
[[nodiscard]] span last_whole(span_kind what, instant now, const zone& local);
// The one that ends where `one` begins.
[[nodiscard]] span before(span_kind what, const span& one, const zone& local);
// `count` months that end with `last`, the earliest first.
[[nodiscard]] std::vector<span> months_up_to(const span& last, std::size_t count, const zone& local);

// From the first day's midnight to the end of the last; both "2026-10-01".
[[nodiscard]] result<span, std::string> days_between(const std::string& first, const std::string& last,
                                                     const zone& local);

// "2026-10-01".
[[nodiscard]] std::string day_of(instant at, const zone& local);

} // namespace forewarn::reporting
