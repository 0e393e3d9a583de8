// SPDX-License-Identifier: Apache-2.0
// Generalised likelihood ratio charts for counts (Höhle and Paul 2008): how much likelier is it that the mean rose at
// some period k and stayed up, than that it did not? With a quiet mean mu0 per period and mu1 = mu0 e^kappa,
//   l(k..t; kappa) = sum kappa y + (1 - e^kappa) mu0                                          (Poisson)
//                  = sum kappa y + (y + 1/a) log((1 + a mu0) / (1 + a mu0 e^kappa))           (negative binomial)
// GLR: max over k of l(k..t; max(0, kappa_hat)), alarm where it is >= limit, and everything begins anew after an alarm.
// Fixed kappa: C_t = max(0, C_(t-1) + l_t), alarm where > limit. Epidemic change (Poisson): mu1 = mu0 + lambda y_(t-1).
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

enum class glr_change {
  intercept,
  epidemic
};

struct glr_options {
  double limit = 4.7;          // c.ARL
  double dispersion = 0;       // a; 0: Poisson
  std::optional<double> kappa; // a rise that is known: log of the ratio; empty: estimated
  std::size_t window = 14;     // M: k lies at most so many periods back; 0: unlimited (negative binomial: 365)
  std::size_t shortest = 1;    // Mtilde: periods that a change must have lasted
  glr_change change = glr_change::intercept;
  bool decrease = false; // looks for a fall instead
};

class glr_chart {
public:
  explicit glr_chart(const glr_options& by) : by_{by} {}
  // Of the next period, whose quiet mean is `mean` > 0. Expected: the mean; score: the statistic; bound: the fewest
  // cases that would have been an alarm, empty where no count up to 1,000,000 (for a fall: not even 0) would.
  [[nodiscard]] verdict next(double count, double mean);
  // The bound alone, before the period's count is known.
  [[nodiscard]] std::optional<double> bound(double mean);
  void set_dispersion(double a) { by_.dispersion = a; }
  void reckon_bounds(bool yes) { bounds_ = yes; } // they cost some twenty statistics each; on from the start

private:
  [[nodiscard]] double statistic() const; // of what is held
  [[nodiscard]] double generalised() const;
  [[nodiscard]] double ratio(std::size_t from, double counts, double means, double& guess) const;
  [[nodiscard]] double epidemic(std::size_t oldest, std::size_t newest) const;
  [[nodiscard]] double log_ratio(std::size_t from, double kappa) const;
  [[nodiscard]] bool reached(double statistic) const;
  [[nodiscard]] std::optional<double> fewest();

  glr_options by_;
  bool bounds_ = true;
  std::vector<double> counts_, means_; // since the chart began, or as far back as it looks
  std::size_t since_ = 0;              // periods since the chart began
  double sum_ = 0;                     // of a fixed kappa
};

} // namespace forewarn::detectors
