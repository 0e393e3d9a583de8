// SPDX-License-Identifier: Apache-2.0
// The regression under both Farringtons: quasi-Poisson with log link, an intercept per season level, and a trend or
// none, fitted by iterated weighted least squares exactly as R's `glm` does it: start mu = y + 0.1; stop when the
// deviance changes by less than 1e-8 of itself; at most 25 rounds; and the *last weights*, those of the means a round
// before the end, in dispersion, leverages and variances. The design is never written out: levels do not overlap, so
// that the normal equations are an arrow and each round is one pass over the weeks. Means follow from their neighbour's
// by one multiplication within a run of consecutive weeks, and from one run of a level to its next, which mostly lies a
// year on, by one more.
#pragma once

#include "rules/detectors/series.hpp"

#include <span>

namespace forewarn::detectors {

// What a series is asked for again and again: functions of its counts, worked out once.
class count_tables {
public:
  // Reads what the series has gained before `end`. What was read once is not read again: a series whose past changes
  // needs new tables.
  void follow(const series& of, std::size_t end, bool with_population);

  std::vector<double> own;            // y log y - y
  std::vector<double> start_response; // log(y + 0.1) - 0.1 / (y + 0.1)
  std::vector<double> start_deviance; // y log y - y log(y + 0.1) + 0.1
  std::vector<double> two_thirds;     // y^(2/3)
  std::vector<double> log_population;
  std::vector<double> sixth_root_population;
};

// Consecutive periods of one season level.
struct season_block {
  std::size_t from = 0, to = 0; // [from, to)
  std::size_t level = 0;
};

class quasi_poisson {
public:
  // The periods of these blocks that were counted, at times `time_of(period)`.
  // `levels` is how many season levels there are; one that holds no period is left out.
  template <class TimeOf>
  void take(const series& of, const count_tables& tables, std::span<const season_block> blocks, std::size_t levels,
            bool with_population, const TimeOf& time_of) {
    std::size_t most = 0;
    for (const auto& block : blocks) most += block.to - block.from;
    periods_.resize(most);
    time_.resize(most);
    level_.resize(most);
    std::size_t n = 0;
    for (const auto& block : blocks)
      for (auto at = block.from; at < block.to; ++at)
        if (of.counted(at)) {
          periods_[n] = at;
          time_[n] = time_of(at);
          level_[n++] = static_cast<std::uint32_t>(block.level);
        }
    lay_out(of, tables, n, levels, with_population);
  }

  // False: it did not converge, or the trend cannot be told from the levels. Keeps nothing of an earlier fit but
  // weights.
  [[nodiscard]] bool fit(bool with_trend);
  void unweight();                    // every period counts alike
  void down_weight(double threshold); // periods whose Anscombe residual is above it; after a fit

  [[nodiscard]] double n() const { return static_cast<double>(y_.size()); }
  [[nodiscard]] double degrees() const { return n() - parameters_; }
  [[nodiscard]] double largest_count() const { return largest_; }
  [[nodiscard]] double dispersion() const { return dispersion_; }     // Pearson's, from the last weights
  [[nodiscard]] double dispersion_by_prior_weights() const;           // without the factor mu
  [[nodiscard]] double trend() const { return trend_; }               // per unit of time
  [[nodiscard]] double trend_variance() const { return 1 / spread_; } // times a dispersion
  [[nodiscard]] bool has_level(std::size_t level) const { return groups_[level].periods > 0; }
  [[nodiscard]] double predictor(std::size_t level, double time) const;          // without population
  [[nodiscard]] double predictor_variance(std::size_t level, double time) const; // times a dispersion
  [[nodiscard]] std::span<const double> weights() const { return prior_; }
  [[nodiscard]] int rounds() const { return rounds_; }
  [[nodiscard]] double deviance() const { return deviance_; }
  [[nodiscard]] std::vector<double> leverages() const;
  [[nodiscard]] std::vector<double> anscombe_residuals() const;

private:
  struct group {
    double periods = 0;
    double centre = 0;                        // mean time of its periods
    double intercept = 0;                     // log mean at its centre
    double weight = 0, first = 0, second = 0; // sums of W, W t, W t^2; t from the centre
    double counts = 0, counts_by_time = 0;    // sums of w y, w y t
  };
  struct run { // periods of one level, each one unit of time after the one before
    std::size_t from = 0, to = 0, level = 0;
    double begins = 0; // time, not from the centre
  };
  struct weight_sums {
    double weight = 0, first = 0, second = 0; // as in `group`
  };
  struct columns { // the vectors' elements, where each check of an index would be felt
    const double *y, *time, *own, *start_response, *start_deviance, *two_thirds;
    const double *offset, *sixth_offset; // null without population
    double *prior, *mean, *weight, *next_weight;
    const std::uint32_t* level;
  };
  struct run_before { // of a level
    bool any = false;
    double begins = 0, value = 0;
  };

  void lay_out(const series& of, const count_tables& tables, std::size_t n, std::size_t levels, bool with_population);
  template <class Take> void each_run(double power, const Take& take);
  [[nodiscard]] columns here();
  void sum_counts();
  [[nodiscard]] bool solve(std::span<const double> right, std::span<const double> right_by_time, bool with_trend,
                           bool from_here);
  [[nodiscard]] bool first_round(bool with_trend);
  void renew_means();
  void take_weights();
  [[nodiscard]] double deviance_now() const;
  [[nodiscard]] double leverage(std::size_t level, double time, double weight) const;

  std::vector<std::size_t> periods_;
  std::vector<double> y_, time_, prior_, mean_, weight_, offset_, sixth_offset_;
  std::vector<double> own_of_, start_response_, start_deviance_, two_thirds_;
  std::vector<std::uint32_t> level_;
  std::vector<group> groups_;
  std::vector<run> runs_;
  std::vector<run_before> before_; // by level, while runs are walked
  std::vector<double> right_, right_by_time_;
  std::vector<double> next_weight_; // of the newest means: a round's weights are those of the round before
  std::vector<weight_sums> next_;   // their sums, by level
  double trend_ = 0, spread_ = 0, dispersion_ = 0, parameters_ = 0, largest_ = 0, deviance_ = 0;
  double own_ = 0, counts_by_offset_ = 0, sum_of_means_ = 0; // sums of w(y log y - y), w y o, w mu
  bool with_trend_ = false, with_offset_ = false;
  int rounds_ = 0;
};

} // namespace forewarn::detectors
