// SPDX-License-Identifier: Apache-2.0
// The past that a window is compared with: read and checked alike by the detectors that have one.
#pragma once

#include "rules/syntax/reading.hpp"

#include <cstdint>

namespace forewarn::rules {

// More windows than that are a mistake: a baseline of ten years in windows of a minute.
constexpr std::int64_t largest_windows = 10'000;

// Complains where not one window fits into the baseline.
[[nodiscard]] inline bool baseline_holds_a_window(const reading& from, const yaml::node& options, duration within,
                                                  duration baseline) {
  if (baseline >= within) return true;
  const auto* given = options.find("baseline");
  from.complain(given == nullptr ? options.at : given->value.at, "bad-value",
                fmt::format("'baseline' is {}, shorter than the window of {}: not one window fits into it",
                            spell_duration(baseline), spell_duration(within)));
  return false;
}

} // namespace forewarn::rules
