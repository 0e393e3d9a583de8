// SPDX-License-Identifier: Apache-2.0
// Test positivity: x of n tests were positive, where s of N were in the days before. With a prior Beta(1/2, 1/2) the
// chance of x or more is the beta-binomial tail
//   sum over j >= x of C(n, j) B(j + s + 1/2, n - j + N - s + 1/2) / B(s + 1/2, N - s + 1/2).
// The tests of a period are the series' `population`.
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

struct beta_binomial_options {
  std::size_t baseline = 90;
  std::size_t guard = 7;
  double alpha = 0.001;
  double prior = 0.5;     // both parameters of the beta
  double least_tests = 1; // in the baseline; with fewer nothing is said

  [[nodiscard]] std::size_t history() const { return guard + 1; }
};

// P(X >= x): `positive` of `tests` now, `before` of `tests_before` in the baseline.
[[nodiscard]] double beta_binomial_upper(double positive, double tests, double before, double tests_before,
                                         double prior = 0.5);

// Expected: tests times the baseline's share; bound: the largest count whose excess is not below alpha; score: the
// chance. A period without tests, or with fewer tests than positives, is not evaluated.
[[nodiscard]] verdict beta_binomial(const series& of, const beta_binomial_options& by, std::size_t t);

} // namespace forewarn::detectors
