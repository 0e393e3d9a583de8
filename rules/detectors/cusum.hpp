// SPDX-License-Identifier: Apache-2.0
// CUSUM of transformed counts (Rossi, Lampugnani and Marchi 1999; Pierce and Schafer 1986): small excesses add up until
// they are too many. C_t = max(0, C_(t-1) + s_t - k), C_0 = 0; alarm where C_t >= h; an alarm does not reset it.
//   standard (y - m) / sqrt m          rossi (y - 3m + 2 sqrt(y m)) / (2 sqrt m)
//   anscombe 1.5 (y^(2/3) - m^(2/3)) / m^(1/6)
//   anscombe2nd (y^(2/3) - (m^(2/3) - m^(-1/3) / 9)) / (2/3 m^(1/6))
//   pearson_nb (y - m) / sqrt(m + a m^2)   none y
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

enum class cusum_transform {
  none,
  standard,
  rossi,
  anscombe,
  anscombe2nd,
  pearson_nb
};

struct cusum_options {
  cusum_transform transform = cusum_transform::rossi;
  double k = 1.04;
  double h = 3.5;          // one false episode a year in a daily series (measured); weekly charts use 2.26
  double dispersion = 0.1; // a of pearson_nb
};

class cusum_chart {
public:
  explicit cusum_chart(const cusum_options& by) : by_{by} {}
  // Of the next period, whose quiet mean is `mean` > 0. Expected: the mean; score: C_t; bound: about how many cases
  // would have reached h, 0 where none is needed (the package's formulas, one per transform).
  [[nodiscard]] verdict next(double count, double mean);
  // The bound alone, before the period's count is known.
  [[nodiscard]] double bound(double mean) const;

private:
  cusum_options by_;
  double sum_ = 0;
};

// How many periods a chart of Poisson counts with this reference and limit h takes on average to its first alarm
// (C_t >= h, C_0 = 0), by the Markov chain of its sums; exact where h and the reference are multiples of 1/2.
[[nodiscard]] double poisson_cusum_run_length(double h, double reference, double mean);

} // namespace forewarn::detectors
