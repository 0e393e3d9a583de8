// SPDX-License-Identifier: Apache-2.0
// The main daily detector for small counts: negative-binomial tails of the last 1, 3 and 7 days at once, so that a
// spike, a plateau and a ramp are each seen by the window that suits them (our own; measured best or equal-best of
// all detectors here at equal false alarms, and alike at every mean from 0.1 to 5 a day).
//   hi     = t - 1 - guard: the newest days stay out, so that an outbreak does not raise its own bound
//   level  = (sum of the `baseline` days to hi + 1/2) / baseline
//   f_d    = (S_d + prior) / (S / 7 + prior) over the last `calibration` days to hi, rescaled to mean 1
//   phi    = max(1, sum((y - m)^2 / m) / (calibration - 7)), m = mean * f
//   p_K    = P(X >= x) of NB(mu, phi + mu / (level * baseline)), mu = level * sum f, x = sum y of the last K days
// Alarm: the smallest p_K is below `alpha`. The last term of the dispersion is the error of the level itself.
#pragma once

#include "rules/detectors/quiet_times.hpp"

namespace forewarn::detectors {

struct multiwindow_options {
  std::vector<std::size_t> windows{1, 3, 7};
  std::size_t baseline = 56;
  std::size_t guard = 7;
  std::size_t calibration = 364; // for weekday factors and dispersion; with less history, what there is
  bool weekdays = true;          // only from eight weeks of history on
  double weekday_prior = 10;
  double alpha = 0.001;
  double min_count = 1; // in the window that fires

  [[nodiscard]] std::size_t history() const { return guard + baseline; }
  [[nodiscard]] quiet_options quiet() const { return {baseline, guard, calibration, weekdays, weekday_prior}; }
};

struct window_chance {
  double count = 0;
  double expected = 0;
  double p = 1;
};

struct multiwindow_verdict {
  verdict told; // expected: today's mean; bound: the largest count today that stays quiet, -1 where none does; score: p
  double level = 0;
  double weekday_factor = 1;
  double phi = 1;
  std::vector<window_chance> windows; // as in the options; of the count so far
  std::size_t speaking = 0;           // the window with the smallest chance
};

[[nodiscard]] std::optional<multiwindow_verdict> nb_multiwindow(const series& of, const multiwindow_options& by,
                                                                std::size_t t);

} // namespace forewarn::detectors
