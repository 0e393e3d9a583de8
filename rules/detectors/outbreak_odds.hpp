// SPDX-License-Identifier: Apache-2.0
// The odds that an outbreak is under way, against that nothing is: how much likelier the last ten days are if one of
// many outbreaks began in them (a plateau of 1, 2, 3, 5 or 7 days, or a ramp of 10; of 2, 4 or 6 standard deviations and
// 2 cases; begun today or before) than if none did, averaged over all of these alike. By the lemma of Neyman and
// Pearson no other statistic finds more of such outbreaks at as many false alarms; ours knows the quiet mean only from
// the past, so both likelihoods are averaged over where it may lie.
//   LR = sum_h w_h E_m[ prod f(y_i; m_i + x_hi) ] / E_m[ prod f(y_i; m_i) ],  f negative binomial of variance phi m
//   m_i = level_i f_weekday, over three points of a normal around log(level) with its standard error
//   level = (sum of the `baseline` days + prior) / (their expectation by the long view + prior), times the long view
// The long view: trend and one yearly wave fitted to all that is before, once there are two years; else flat.
// Score: 1 / LR, at most 1. That it falls below `alpha` on a quiet day has a chance of at most alpha (Ville 1939).
#pragma once

#include "rules/detectors/quiet_times.hpp"

#include <array>
#include <memory>

namespace forewarn::detectors {

struct odds_options {
  quiet_options quiet{};
  double alpha = 0.001;
  bool season = true;
  double season_prior = 100; // cases: how much the long view weighs beside the baseline
  double p1 = 2, p2 = 4, p3 = 6, p4 = 2, ramp = 0.5;
  int family = 1; // experiment: 0 quasi, 1 nb1, 2 nb2
  double level_se = 1; // experiment: multiplier
  std::vector<double> oracle;

  [[nodiscard]] std::size_t history() const { return quiet.guard + quiet.baseline; }
};

struct odds_verdict {
  verdict told; // expected: today's mean; bound: the largest count today that stays quiet; score: 1 / LR, at most 1
  double level = 0, phi = 1;
};

class outbreak_odds {
public:
  explicit outbreak_odds(odds_options by);
  [[nodiscard]] std::optional<odds_verdict> judge(const series& of, std::size_t t);
  bool bounds = true;
private:
  odds_options by_;
  std::size_t fitted_for_ = static_cast<std::size_t>(-1);
  std::array<double, 4> long_view_{};
  bool has_view_ = false;
  void fit(const series& of, std::size_t t);
  [[nodiscard]] double view(std::size_t t) const;
};

} // namespace forewarn::detectors
