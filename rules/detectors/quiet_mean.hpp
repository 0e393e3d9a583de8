// SPDX-License-Identifier: Apache-2.0
// What charts call the in-control mean: how many cases a period has when nothing happens. Fixed before the chart
// begins, following the series, or a season fitted to all that came before the chart.
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

// (sum of the `baseline` periods ending `guard` + 1 before t, plus 1/2) / baseline. Empty: too little history.
[[nodiscard]] std::optional<double> moving_mean(const series& of, std::size_t baseline, std::size_t guard,
                                                std::size_t t);

// The mean of all counts before `end`; empty where there are none, or only zeros.
[[nodiscard]] std::optional<double> mean_before(const series& of, std::size_t end);

struct season_model {
  std::size_t harmonics = 1; // pairs of cosine and sine a year
  bool trend = false;
  double frequency = 52;          // periods a year
  bool negative_binomial = false; // else Poisson
};

// A log-linear season fitted to the counts before `end`, and its means from there on.
struct fitted_season {
  std::vector<double> coefficients; // intercept, trend, then cosine and sine of each harmonic
  season_model by;
  double dispersion = 0; // a of variance mu + a mu^2; 0: Poisson
  [[nodiscard]] double mean(std::size_t t) const;
};
[[nodiscard]] std::optional<fitted_season> fit_season(const series& of, const season_model& by, std::size_t end);

} // namespace forewarn::detectors
