// SPDX-License-Identifier: Apache-2.0
// Trend and season of a daily series over years, for detectors that look at days: log-linear in time with one yearly
// wave, fitted to weekly sums by maximum likelihood under weak priors that draw trend and wave to none, so that a
// series of a case a month is given no season that it does not have. Anew every four weeks, from days before alone.
#pragma once

#include "rules/detectors/series.hpp"

#include <array>

namespace forewarn::detectors {

class long_view {
public:
  static constexpr std::size_t reach = std::size_t{5} * 365; // days looked back
  static constexpr std::size_t needs = std::size_t{2} * 365; // of history, or there is no view

  // As known before period t, leaving out the `guard` newest; false: too little history.
  [[nodiscard]] bool look(const series& of, std::size_t guard, std::size_t t);
  // The mean of period `at`, at most ten weeks before the t last looked for.
  [[nodiscard]] double mean(const series& of, std::size_t at) const;
  // Variance over mean of days around trend, season and weekday, of the last three years; at least 1.
  [[nodiscard]] double phi() const { return phi_; }

private:
  void fit(const series& of, std::size_t begin, std::size_t end);
  [[nodiscard]] double mean_on(std::int64_t day) const;
  [[nodiscard]] double spread(const series& of, std::size_t begin, std::size_t end) const;

  std::array<double, 4> beta_{}; // level, a year's growth, cosine, sine
  double phi_ = 1;
  bool seen_ = false;
  std::int64_t fitted_ = -1; // the day up to which
  std::int64_t first_ = 0;   // the day that `means_` begins with
  std::vector<double> means_;
};

} // namespace forewarn::detectors
