// SPDX-License-Identifier: Apache-2.0
// The exact chance of a count, by what was counted in a window of days before. Poisson: with the window's mean.
// Negative binomial: with its mean and variance, Poisson where the variance does not exceed the mean. Gamma-Poisson:
// the predictive distribution under a prior Gamma(a0, b0), NB(S + a0, (n + b0) / (n + b0 + 1)); with a0 = 1/2, b0 = 0
// it is Jeffreys' (the model of `unusual`), right from a history of nothing but zeros on. The window: `baseline`
// periods ending `guard` + 1 before t, or those of them with the same weekday.
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

enum class tail_model {
  poisson,
  nb_moments,
  gamma_poisson
};

struct tail_options {
  tail_model model = tail_model::gamma_poisson;
  std::size_t baseline = 56;
  std::size_t guard = 7;
  double alpha = 0.00085; // one false episode a year in a daily series (measured)
  bool same_weekday = false;
  double least_mean = 0.05; // of the Poisson and the moments: a mean of 0 would make one case a certainty
  double a0 = 0.5, b0 = 0;  // the gamma prior

  // gamma_poisson works from a week on; the others want their whole window.
  [[nodiscard]] std::size_t history() const {
    const auto least = model == tail_model::gamma_poisson && !same_weekday && baseline > 7 ? 7 : baseline;
    return guard + least;
  }
};

struct tail_verdict {
  verdict told;               // score: the chance of this count or more
  std::optional<double> size; // of the negative binomial; infinite: Poisson
};

[[nodiscard]] tail_verdict exact_tail(const series& of, const tail_options& by, std::size_t t);

} // namespace forewarn::detectors
