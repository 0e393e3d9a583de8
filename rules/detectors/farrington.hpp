// SPDX-License-Identifier: Apache-2.0
// Farrington: what the same weeks of earlier years, a trend, and the dispersion around them leave room for; weeks that
// were outbreaks themselves count less. Original: Farrington et al. 1996. Improved: Noufaily et al. 2013 (all weeks
// used, the year in `seasons` levels, the newest 26 weeks left out, a higher bar for down-weighting, negative-binomial
// bound). Improved is right where there are a season and three years of history: weekly counts, or daily sums over a
// week.
//
// Both copy R's `surveillance` to the digit, its quirk too: after reweighting, the improved version's standard error
// and trend test use a dispersion without the factor mu. With the trend always kept and `nb_plugin`, it changes
// nothing.
#pragma once

#include "rules/detectors/quasi_poisson.hpp"

namespace forewarn::detectors {

enum class farrington_version {
  original,
  improved
};

enum class farrington_threshold {
  delta,
  nb_plugin,
  muan
};

enum class power_transform {
  none,
  half,
  two_thirds
};

struct farrington_options {
  farrington_version version = farrington_version::improved;
  std::size_t years = 5;       // b: looked back at most
  std::size_t least_years = 3; // with less history nothing is said
  std::size_t half_window = 3; // w
  std::size_t frequency = 52;  // periods a year, where periods have no dates
  bool use_dates = false;      // "the same week" by calendar, not by counting back
  bool reweight = true;
  bool trend = true;
  double alpha = 0.005; // improved: one-sided; original: two-sided, 0.02 there is 0.01 here
  power_transform power = power_transform::two_thirds;
  double least_cases = 3; // within `least_cases_in` periods up to this one, or it is not evaluated (limit54)
  std::size_t least_cases_in = 4;
  // improved only
  std::size_t seasons = 10;  // noPeriods
  std::size_t left_out = 26; // pastWeeksNotIncluded
  double weights_threshold = 2.58;
  double p_threshold_trend = 1; // 1: keeps the trend unless it leads above every count there was
  farrington_threshold threshold = farrington_threshold::nb_plugin;
  bool population_offset = false;

  // By counting back; by calendar some periods more may be needed.
  [[nodiscard]] std::size_t history() const { return least_years * frequency + half_window; }
};

// Defaults of the original: no reweighting bar, no season, a two-sided alpha.
[[nodiscard]] farrington_options original_farrington();

struct farrington_verdict {
  verdict told;   // score: (y - mu) / (U - mu), above 1 is an alarm; original: bound 0 where the cases are too few
  double mu0 = 0; // mean that the bound was made from; may be infinite
  double phi = 1;
  bool trend = false;
  std::optional<double> trend_coefficient;
  std::optional<double> p;         // of this count or more
  double fitted = 0;               // mean in quiet times, told or not
  double deviation = 0;            // original: sd on the transformed scale
  std::optional<double> raw_score; // told or not
  bool failed = false;             // the regression gave no answer
};

// Judges periods in any order. Remembers what it worked out of earlier counts: where the past changes, take a new one.
class farrington {
public:
  explicit farrington(const farrington_options& by);
  // Empty: too little history.
  [[nodiscard]] std::optional<farrington_verdict> judge(const series& of, std::size_t t);

private:
  [[nodiscard]] std::optional<farrington_verdict> judge_original(const series& of, std::size_t t);
  [[nodiscard]] std::optional<farrington_verdict> judge_improved(const series& of, std::size_t t);
  [[nodiscard]] bool set_blocks(const series& of, std::size_t t);
  [[nodiscard]] bool fit_twice(bool with_trend);
  void bound_by_delta(farrington_verdict& out, double mean, double error, double count) const;
  void bound_by_tail(farrington_verdict& out, double eta, double error, double count) const;

  farrington_options by_;
  double z_;
  count_tables tables_;
  quasi_poisson model_;
  std::vector<season_block> blocks_;
  std::vector<std::size_t> references_; // the period itself, then the same one of each year before
};

} // namespace forewarn::detectors
