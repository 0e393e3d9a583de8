// SPDX-License-Identifier: Apache-2.0
// What a series of days looks like when nothing happens: its level, the rhythm of its week, and how much more it
// scatters than chance alone. Of past days only; what is newest stays out, so that an outbreak does not hide itself.
#pragma once

#include "rules/detectors/series.hpp"

#include <array>

namespace forewarn::detectors {

struct quiet_options {
  std::size_t baseline = 56;
  std::size_t guard = 7;
  std::size_t calibration = 364; // for weekday factors and dispersion; with less history, what there is
  bool weekdays = true;          // only from eight weeks of history on
  double weekday_prior = 10;
};

struct quiet_times {
  double level = 0; // a day, (cases + 1/2) / days
  double days = 0;  // counted, behind the level
  double phi = 1;   // variance over mean
  std::array<double, 7> factor{1, 1, 1, 1, 1, 1, 1};
};

// As known before period t; t is at least guard + baseline. Empty: no day of the baseline was counted.
[[nodiscard]] std::optional<quiet_times> quiet_before(const series& of, const quiet_options& by, std::size_t t);

} // namespace forewarn::detectors
