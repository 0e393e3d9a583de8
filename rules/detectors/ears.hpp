// SPDX-License-Identifier: Apache-2.0
// EARS C1, C2 and C3: the mean of the days before, and so many standard deviations (Hutwagner et al. 2003; Fricker,
// Hegler and Dunfee 2008). Baseline of C1: the `baseline` periods before t; of C2 and C3: those ending three before t.
// U = mean + z(1 - alpha) * max(sd, min_sigma). C3 adds up what C2 saw in the two periods before:
// U = y_t + sd_t * (z - sum over t-2, t-1 of max(0, (y - mean) / sd - 1)), at least 0.
// With few cases a constant baseline makes any single case an alarm: `min_sigma` is what prevents that.
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

enum class ears_method {
  c1,
  c2,
  c3
};

struct ears_options {
  ears_method method = ears_method::c2;
  std::size_t baseline = 28;
  double min_sigma = 0.5;
  double alpha = 0.001; // one-sided

  // Periods before the first that can be judged.
  [[nodiscard]] std::size_t history() const {
    return baseline + (method == ears_method::c1 ? 0U : method == ears_method::c2 ? 2U : 4U);
  }
};

// One per period of the span. Expected: the baseline's mean; score: (y - mean) / sd, for C3 the sum of its three.
// C3 without a spread to measure by (a constant baseline, `min_sigma` 0) says nothing.
[[nodiscard]] std::vector<verdict> ears(const series& of, const ears_options& by, span_of_periods over);

} // namespace forewarn::detectors
