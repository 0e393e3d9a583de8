// SPDX-License-Identifier: Apache-2.0
// CUSUM and GLR at work on a series: where their quiet mean comes from, from which period on they run, and how one
// follows the other. A number; the mean of what came before the chart; a season fitted to it; or a mean that follows.
#pragma once

#include "rules/detectors/cusum.hpp"
#include "rules/detectors/glr.hpp"
#include "rules/detectors/settings.hpp"

#include <functional>

namespace forewarn::detectors {

enum class mean_source {
  moving,
  before,
  season,
  given
};

struct chart_mean {
  mean_source source = mean_source::moving;
  double given = 0;
  std::size_t baseline = 56, guard = 7; // of the moving mean
  std::size_t from = 1;                 // the chart's first period, from 1
  std::size_t frequency = 52;           // of the season
  std::size_t harmonics = 1;
  bool trend = false;

  [[nodiscard]] std::size_t history() const;
};

struct cusum_method {
  cusum_options chart;
  chart_mean mean;
};

struct glr_method {
  glr_options chart;
  chart_mean mean;
  // Empty: follows the series, as the moving mean does; for a season: estimated with it.
  std::optional<double> dispersion;
  bool bounds = true; // the fewest cases that alarm are worked out too; without, some twenty times as quick
};

void bind_cusum(cusum_method& by, option_list& to);
void bind_glr(glr_method& by, option_list& to);

using watch = std::function<verdict(const series&, std::size_t)>;
[[nodiscard]] watch watch_cusum(const cusum_method& by);
[[nodiscard]] watch watch_glr(const glr_method& by);

} // namespace forewarn::detectors
