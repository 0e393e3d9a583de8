// SPDX-License-Identifier: Apache-2.0
// The odds that an outbreak is under way, against that nothing is: how much likelier the last ten days are if one of
// many outbreaks began in them (a plateau of 1, 2, 3, 5 or 7 days or a ramp of 10, small, middling or large) and goes
// on today than if none did, averaged over all of these. By the lemma of Neyman and Pearson no other statistic finds
// more of such outbreaks at as many false alarms, where the quiet mean is known. Ours is learnt, so both likelihoods
// are averaged over where it may lie.
//   LR  = sum_h w_h E_m[prod f(y_i; m_i + x_hi)] / E_m[prod f(y_i; m_i)], f negative binomial of variance phi m
//   x_h = (s sqrt(L phi m) + 2) / L a day for s = 2, 4, 6 and a length L; a ramp shares it out as 1, 2, ... 10
//   m_i = level v_i f_weekday; the level at three points of a normal on the log scale
//   level = (cases of the baseline + prior) / (what the long view expected of it + prior), v_i the long view's mean
// The long view is trend and one yearly wave over up to five years, and phi what is left beside it. Without two years
// of history: level, error and phi as in `nb_multiwindow`, v_i = 1. Score: 1 / LR, at most 1. With all known, it is
// below `alpha` on a quiet day with a chance of at most alpha (Ville 1939); measured, one false episode a series and
// year lies near alpha = 0.05.
#pragma once

#include "rules/detectors/long_view.hpp"
#include "rules/detectors/quiet_times.hpp"

namespace forewarn::detectors {

struct odds_options {
  quiet_options quiet{56, 14, 1092, true, 10};
  double alpha = 0.02;
  bool season = true;
  double season_prior = 300; // cases by which the level is drawn to the long view
  double min_count = 1;      // in the last seven days
  bool bounds = true;        // without, about twice as quick

  [[nodiscard]] std::size_t history() const { return quiet.guard + quiet.baseline; }
};

struct odds_verdict {
  verdict told; // expected: today's mean; bound: the largest count today that stays quiet, -1 where none does
  double odds = 0;
};

// Remembers nothing but the long view that it fitted last, which hangs on the series alone.
class outbreak_odds {
public:
  explicit outbreak_odds(const odds_options& by) : by_{by} {}
  [[nodiscard]] std::optional<odds_verdict> judge(const series& of, std::size_t t);

private:
  odds_options by_;
  long_view view_;
};

} // namespace forewarn::detectors
