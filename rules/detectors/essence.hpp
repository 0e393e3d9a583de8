// SPDX-License-Identifier: Apache-2.0
// The three daily detectors of CDC's ESSENCE (Burkom 2007; formulas as in CDC's Rnssp): two EWMA charts, an adaptive
// regression on day and weekday, and the switch that takes the regression where it explains at least 0.6 of the
// variance. EWMA:  z_t = w y_t + (1 - w) z_(t-1) for w 0.4 and 0.9, against mean and sd of the `baseline` days to t -
// guard - 1;
//        T = (z - mean) / sigma, pulled back to the 0.99 quantile where it exceeds it; p of the smaller tail
// Regression: least squares on intercept, day and Monday to Saturday over the baseline, forecast floored at 0
// An alert is p < alpha (0.01), a warning p < 0.05. Rnssp's veto of regression alerts below the week's mean is left
// out.
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

enum class essence_method {
  ewma,
  regression,
  switching
};

struct essence_options {
  essence_method method = essence_method::switching;
  std::size_t baseline = 28;
  std::size_t guard = 2;
  double first_weight = 0.4, second_weight = 0.9;
  double alpha = 0.01;

  [[nodiscard]] std::size_t history() const { return guard + (method == essence_method::regression ? 11 : 7); }
};

struct essence_verdict {
  verdict told; // bound: the largest count that is no alert; score: p
  std::optional<double> statistic;
  std::optional<double> sigma; // regression only
  std::optional<double> adjusted_r2;
  bool by_regression = false;
};

// Takes one day after the other: the EWMA remembers all of them.
class essence {
public:
  explicit essence(const essence_options& by) : by_{by} {}
  // Of day t, and t is asked for in order from 0 on.
  [[nodiscard]] essence_verdict next(const series& of, std::size_t t);

private:
  struct chart {
    double weight = 0;
    double state = 0;
  };
  void move(chart& one, double count) const;
  [[nodiscard]] essence_verdict ewma(const series& of, std::size_t t);
  [[nodiscard]] essence_verdict regression(const series& of, std::size_t t) const;

  essence_options by_;
  chart first_, second_;
  bool begun_ = false;
};

} // namespace forewarn::detectors
