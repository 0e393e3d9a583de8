// SPDX-License-Identifier: Apache-2.0
// The mean of the past, and k standard deviations: the rule most overdose maps are run with. U = mean + k * sd over the
// `window` periods before t; an alarm needs `min_count` as well. Its false alarms depend on the mean: measured at k =
// 2, twelve a year in a daily series of small counts.
#pragma once

#include "rules/detectors/series.hpp"

namespace forewarn::detectors {

struct mean_ksd_options {
  std::size_t window = 365;
  double k = 2;
  double min_count = 1;

  [[nodiscard]] std::size_t history() const { return window; }
};

struct mean_ksd_verdict {
  verdict told; // score: (y - mean) / sd, empty where sd is 0
  std::optional<double> sd;
};

[[nodiscard]] mean_ksd_verdict mean_ksd(const series& of, const mean_ksd_options& by, std::size_t t);

} // namespace forewarn::detectors
