// SPDX-License-Identifier: Apache-2.0
// Holt-Winters smoothing with an additive rhythm and fixed constants (Winters 1960; started as R's `HoltWinters` does):
//   yhat = level + trend + season of one rhythm ago
//   level' = a (y - season) + (1 - a)(level + trend); trend' = b (level' - level) + (1 - b) trend
//   season' = c (y - level') + (1 - c) season
// The start is taken from the first two rhythms, so those periods are told only once both are complete, and are fitted,
// not judged. The bound is yhat plus so many root mean squares of the errors made so far.
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

struct holt_winters_options {
  std::size_t period = 7;
  double level = 0.1;   // a
  double trend = 0.005; // b
  double season = 0.1;  // c
  double alpha = 0.001;

  [[nodiscard]] std::size_t history() const { return period; }
  [[nodiscard]] std::size_t start() const { return 2 * period; } // periods without which nothing is told
};

struct holt_winters_verdict {
  verdict told;                            // score: the error over the root mean square of those before
  double level = 0, trend = 0, season = 0; // before this period
};

// Takes one period after the other. A period without a count moves the level by the trend alone.
class holt_winters {
public:
  explicit holt_winters(const holt_winters_options& by);
  // `of` holds at least `start()` periods; t is asked for in order from `period` on.
  [[nodiscard]] holt_winters_verdict next(const series& of, std::size_t t);

private:
  void begin(const series& of);

  holt_winters_options by_;
  double z_;
  double level_ = 0, trend_ = 0;
  std::vector<double> season_; // by position modulo period
  double squares_ = 0, errors_ = 0;
};

} // namespace forewarn::detectors
