// SPDX-License-Identifier: Apache-2.0
// Comparisons with the same weeks of earlier years, and two rules of thumb; kept for agencies that must reproduce what
// they run today. All are dominated by `nb_multiwindow` and `farrington`, or assume that nothing has a season.
//   cdc        (Stroup et al. 1989) the last four weeks against 4-week sums of the years before:
//              U = mean + z(1 - alpha / 2) * sd * sqrt(1 + 1 / n); alpha is two-sided
//   bayes      (Höhle 2007) U = the 1 - alpha quantile of NB(S + 1/2, n / (n + 1)); alpha is one-sided
//   rki        (Robert Koch Institute) mean + 2 sd above a mean of 20, below it a table
//   outbreak_p (Frisén and Schiöler 2009) product of (f_i / mean)^y_i, f the rising isotonic fit; no season, no trend
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

enum class historical_method {
  cdc,
  rki,
  bayes,
  outbreak_p
};

struct historical_options {
  historical_method method = historical_method::cdc;
  std::size_t years = 5;       // b: so many years back; 0: only the periods just before (bayes and rki)
  std::size_t half_window = 6; // w: periods on each side of the same period a year before (bayes and rki)
  std::size_t months = 1;      // m: blocks of four weeks on each side (cdc)
  std::size_t frequency = 52;  // periods a year
  bool this_year = true;       // the w periods just before count as well (bayes and rki)
  double alpha = 0.025;
  double limit = 100; // of outbreak_p

  [[nodiscard]] std::size_t history() const;
};

// cdc: expected and bound are of four weeks, score is the sum of the last four. outbreak_p: score is the statistic,
// bound the fewest cases that would lift it over the limit (an alarm is a count of at least that many), empty where
// even none would, or no count up to 100,000. rki and bayes: score is the mean of the baseline.
[[nodiscard]] verdict historical(const series& of, const historical_options& by, std::size_t t);

// The statistic of outbreak_p alone.
[[nodiscard]] double outbreak_p(const std::vector<double>& counts);

} // namespace forewarn::detectors
