// SPDX-License-Identifier: Apache-2.0
// What every detector looks at: one count per period (day or week), oldest first, without gaps in time. A period in
// which nothing could be counted (its feed was silent, a person excluded it) is there, but holds no count.
// Positions are 0-based throughout; what is printed for people counts from 1.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace forewarn::detectors {

// Marks a period without a count, in a series only: no detector ever answers with it.
inline constexpr double not_counted = std::numeric_limits<double>::quiet_NaN();

struct series {
  std::vector<double> counts;     // >= 0, or `not_counted`
  std::vector<double> population; // per period, > 0; empty where nobody said
  std::vector<double> expected;   // the mean in quiet times per period, where it is known (`glr`); else empty
  std::vector<std::int32_t> days; // each period's first day, in days since 1970-01-01; empty where periods have none
  std::vector<std::uint8_t> weekdays; // 0 Monday to 6 Sunday, where holidays count as Sundays; empty: from `days`
  std::vector<double> known;          // per period, the share of its cases that is thought to have arrived; empty: all

  [[nodiscard]] std::size_t size() const noexcept { return counts.size(); }
  [[nodiscard]] bool counted(std::size_t at) const { return !std::isnan(counts[at]); }

  [[nodiscard]] double share_known(std::size_t at) const { return known.empty() ? 1 : known[at]; }

  // Without dates, the first period is a Monday.
  [[nodiscard]] std::size_t weekday(std::size_t at) const {
    if (!weekdays.empty()) return weekdays[at];
    if (days.empty()) return at % 7;
    constexpr std::int32_t thursday = 3; // 1970-01-01
    return static_cast<std::size_t>(((days[at] + thursday) % 7 + 7) % 7);
  }
};

// Which periods a detector is asked about, both included.
struct span_of_periods {
  std::size_t first = 0;
  std::size_t last = 0;
};

// What most detectors say of one period. Empty is "not evaluated", never "no alarm": the history is too short, or says
// nothing. No value is ever NaN.
struct verdict {
  std::optional<double> expected;
  std::optional<double> bound; // an alarm is a count strictly above it, unless the detector says otherwise
  std::optional<double> score; // the detector's own statistic
  std::optional<bool> alarm;
};

inline std::optional<double> number_or_nothing(double value) {
  return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

// The counts of [from, to) that were counted.
[[nodiscard]] inline std::vector<double> counted_in(const series& of, std::size_t from, std::size_t to) {
  std::vector<double> out;
  out.reserve(to - from);
  for (auto at = from; at < to; ++at)
    if (of.counted(at)) out.push_back(of.counts[at]);
  return out;
}

} // namespace forewarn::detectors
