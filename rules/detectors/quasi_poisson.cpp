// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/quasi_poisson.hpp"

#include <algorithm>

namespace forewarn::detectors {
namespace {

constexpr double tolerance = 1e-8;
constexpr int most_rounds = 25;
constexpr double least_mean = std::numeric_limits<double>::epsilon();

} // namespace

void count_tables::follow(const series& of, std::size_t end, bool with_population) {
  for (auto at = own.size(); at < end; ++at) {
    const auto y = of.counted(at) ? of.counts[at] : 0;
    const auto y_log_y = y > 0 ? y * std::log(y) : 0;
    const auto log_start = std::log(y + 0.1);
    own.push_back(y_log_y - y);
    start_response.push_back(log_start - 0.1 / (y + 0.1));
    start_deviance.push_back(y_log_y - y * log_start + 0.1);
    two_thirds.push_back(std::cbrt(y * y));
  }
  if (!with_population) return;
  for (auto at = log_population.size(); at < end; ++at) {
    log_population.push_back(std::log(of.population[at]));
    sixth_root_population.push_back(std::exp(log_population.back() / 6));
  }
}

void quasi_poisson::lay_out(const series& of, const count_tables& tables, std::size_t n, std::size_t levels,
                            bool with_population) {
  for (auto* one :
       {&y_, &time_, &mean_, &weight_, &next_weight_, &own_of_, &start_response_, &start_deviance_, &two_thirds_})
    one->resize(n);
  level_.resize(n);
  runs_.clear();
  groups_.assign(levels, {});
  largest_ = 0;
  const auto pick = [&](std::vector<double>& into, const std::vector<double>& from) {
    for (std::size_t i = 0; i < n; ++i) into.data()[i] = from.data()[periods_.data()[i]];
  };
  pick(y_, of.counts);
  pick(own_of_, tables.own);
  pick(start_response_, tables.start_response);
  pick(start_deviance_, tables.start_deviance);
  pick(two_thirds_, tables.two_thirds);
  const auto *time = time_.data(), *y = y_.data();
  const auto* level = level_.data();
  for (std::size_t i = 0; i < n; ++i) {
    largest_ = std::max(largest_, y[i]);
    if (i == 0 || level[i - 1] != level[i] || time[i] != time[i - 1] + 1) runs_.push_back({i, i, level[i], time[i]});
    runs_.back().to = i + 1;
  }
  with_offset_ = with_population;
  offset_.clear();
  sixth_offset_.clear();
  for (std::size_t i = 0; with_population && i < n; ++i) {
    offset_.push_back(tables.log_population[periods_[i]]);
    sixth_offset_.push_back(tables.sixth_root_population[periods_[i]]);
  }
  for (const auto& run : runs_) {
    auto& of_level = groups_[run.level];
    of_level.periods += static_cast<double>(run.to - run.from);
    for (auto i = run.from; i < run.to; ++i) of_level.centre += time[i];
  }
  for (auto& one : groups_)
    if (one.periods > 0) one.centre /= one.periods;
  for (const auto& run : runs_)
    for (auto i = run.from; i < run.to; ++i) time_.data()[i] -= groups_[run.level].centre;
  unweight();
}

quasi_poisson::columns quasi_poisson::here() {
  return {y_.data(),
          time_.data(),
          own_of_.data(),
          start_response_.data(),
          start_deviance_.data(),
          two_thirds_.data(),
          with_offset_ ? offset_.data() : nullptr,
          with_offset_ ? sixth_offset_.data() : nullptr,
          prior_.data(),
          mean_.data(),
          weight_.data(),
          next_weight_.data(),
          level_.data()};
}

// exp(power x linear predictor) where each run begins, without population.
template <class Take> void quasi_poisson::each_run(double power, const Take& take) {
  before_.assign(groups_.size(), {});
  double gap = 0, over_gap = 1;
  for (const auto& run : runs_) {
    auto& before = before_[run.level];
    if (!before.any) {
      before = {true, run.begins, std::exp(power * (groups_[run.level].intercept + trend_ * time_[run.from]))};
    } else {
      if (run.begins - before.begins != gap) {
        gap = run.begins - before.begins;
        over_gap = std::exp(power * trend_ * gap);
      }
      before.value *= over_gap;
      before.begins = run.begins;
    }
    take(run, before.value);
  }
}

void quasi_poisson::unweight() {
  prior_.assign(y_.size(), 1);
  sum_counts();
}

// What the deviance and the right-hand sides need of the counts: the same in every round.
void quasi_poisson::sum_counts() {
  const auto at = here();
  own_ = counts_by_offset_ = 0;
  for (auto& one : groups_) one.counts = one.counts_by_time = 0;
  for (const auto& run : runs_) {
    double counts = 0, by_time = 0, own = 0;
    for (auto i = run.from; i < run.to; ++i) {
      const auto weighted = at.prior[i] * at.y[i];
      counts += weighted;
      by_time += weighted * at.time[i];
      own += at.prior[i] * at.own[i];
      if (at.offset != nullptr) counts_by_offset_ += weighted * at.offset[i];
    }
    own_ += own;
    groups_[run.level].counts += counts;
    groups_[run.level].counts_by_time += by_time;
  }
}

void quasi_poisson::take_weights() {
  weight_.swap(next_weight_);
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].weight = next_[g].weight;
    groups_[g].first = next_[g].first;
    groups_[g].second = next_[g].second;
  }
}

// The arrow: each level's equation gives its intercept but for the trend, and what is left is one equation for the
// trend.
bool quasi_poisson::solve(std::span<const double> right, std::span<const double> right_by_time, bool with_trend,
                          bool from_here) {
  double slope = 0;
  spread_ = 0;
  if (with_trend) {
    double by_time = 0, whole = 0;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const auto& of = groups_[g];
      if (of.weight <= 0) continue;
      spread_ += of.second - of.first * of.first / of.weight;
      by_time += right_by_time[g] - of.first * right[g] / of.weight;
      whole += of.second;
    }
    if (!(spread_ > 1e-14 * whole)) return false;
    slope = by_time / spread_;
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    auto& of = groups_[g];
    if (of.weight <= 0) continue;
    const auto intercept = (right[g] - of.first * slope) / of.weight;
    of.intercept = from_here ? of.intercept + intercept : intercept;
  }
  trend_ = from_here ? trend_ + slope : slope;
  return true;
}

bool quasi_poisson::first_round(bool with_trend) {
  right_.assign(groups_.size(), 0);
  right_by_time_.assign(groups_.size(), 0);
  for (auto& one : groups_) one.weight = one.first = one.second = 0;
  const auto at = here();
  double deviance = 0;
  for (const auto& run : runs_) {
    double sum = 0, first = 0, second = 0, right = 0, by_time = 0;
    for (auto i = run.from; i < run.to; ++i) {
      deviance += at.prior[i] * at.start_deviance[i];
      const auto w = at.prior[i] * (at.y[i] + 0.1);
      const auto z = w * (at.offset != nullptr ? at.start_response[i] - at.offset[i] : at.start_response[i]);
      at.weight[i] = w;
      sum += w;
      first += w * at.time[i];
      second += w * at.time[i] * at.time[i];
      right += z;
      by_time += z * at.time[i];
    }
    auto& of = groups_[run.level];
    of.weight += sum;
    of.first += first;
    of.second += second;
    right_[run.level] += right;
    right_by_time_[run.level] += by_time;
  }
  deviance_ = 2 * deviance;
  trend_ = 0;
  return solve(right_, right_by_time_, with_trend, false);
}

// With what the next round needs of them.
void quasi_poisson::renew_means() {
  next_.assign(groups_.size(), {});
  const auto step = std::exp(trend_);
  const auto at = here();
  each_run(1, [&](const run& run, double mean) {
    double sum = 0, first = 0, second = 0;
    for (auto i = run.from; i < run.to; ++i) {
      const auto mu = std::max(at.offset != nullptr ? mean * std::exp(at.offset[i]) : mean, least_mean);
      const auto w = at.prior[i] * mu;
      at.mean[i] = mu;
      at.next_weight[i] = w;
      const auto by_time = w * at.time[i];
      sum += w;
      first += by_time;
      second += by_time * at.time[i];
      mean *= step;
    }
    auto& of = next_[run.level];
    of.weight += sum;
    of.first += first;
    of.second += second;
  });
  sum_of_means_ = 0;
  for (const auto& one : next_) sum_of_means_ += one.weight;
}

double quasi_poisson::deviance_now() const {
  auto sum = own_ - counts_by_offset_ + sum_of_means_;
  for (const auto& one : groups_) sum -= one.intercept * one.counts + trend_ * one.counts_by_time;
  return 2 * sum;
}

bool quasi_poisson::fit(bool with_trend) {
  with_trend_ = with_trend;
  parameters_ = with_trend ? 1 : 0;
  for (const auto& one : groups_)
    if (one.periods > 0) parameters_ += 1;
  if (n() <= parameters_) return false;
  bool converged = false;
  for (rounds_ = 1; rounds_ <= most_rounds; ++rounds_) {
    if (rounds_ == 1) {
      if (!first_round(with_trend)) return false;
    } else {
      take_weights();
      for (std::size_t g = 0; g < groups_.size(); ++g) { // X'w(y - mu): what is still unexplained
        right_[g] = groups_[g].counts - groups_[g].weight;
        right_by_time_[g] = groups_[g].counts_by_time - groups_[g].first;
      }
      if (!solve(right_, right_by_time_, with_trend, true)) return false;
    }
    renew_means();
    const auto now = deviance_now();
    if (!std::isfinite(now)) return false;
    converged = std::abs(now - deviance_) / (std::abs(now) + 0.1) < tolerance;
    deviance_ = now;
    if (converged) break;
  }
  const auto at = here();
  double pearson = 0;
  for (std::size_t i = 0; i < y_.size(); ++i) {
    const auto off = (at.y[i] - at.mean[i]) / at.mean[i];
    pearson += at.weight[i] * off * off;
  }
  dispersion_ = pearson / degrees();
  return converged && std::isfinite(dispersion_);
}

double quasi_poisson::dispersion_by_prior_weights() const {
  double sum = 0;
  for (std::size_t i = 0; i < y_.size(); ++i) {
    const auto off = (y_[i] - mean_[i]) / mean_[i];
    sum += prior_[i] * off * off;
  }
  return sum / degrees();
}

double quasi_poisson::leverage(std::size_t level, double time, double weight) const {
  const auto& of = groups_[level];
  auto out = 1 / of.weight;
  if (with_trend_) {
    const auto from_mean = time - of.first / of.weight;
    out += from_mean * from_mean / spread_;
  }
  return std::min(weight * out, 1.0);
}

double quasi_poisson::predictor(std::size_t level, double time) const {
  return groups_[level].intercept + (with_trend_ ? trend_ * (time - groups_[level].centre) : 0);
}

double quasi_poisson::predictor_variance(std::size_t level, double time) const {
  const auto& of = groups_[level];
  const auto from_mean = time - of.centre - of.first / of.weight;
  return 1 / of.weight + (with_trend_ ? from_mean * from_mean / spread_ : 0);
}

void quasi_poisson::down_weight(double threshold) {
  const auto phi = std::max(dispersion_, 1.0);
  const auto step = std::exp(trend_ / 6);
  const auto at = here();
  double sum = 0;
  each_run(1.0 / 6, [&](const run& run, double root) { // mu^(1/6), from neighbour to neighbour
    for (auto i = run.from; i < run.to; ++i, root *= step) {
      double prior = 1;
      const auto sixth = at.sixth_offset != nullptr ? root * at.sixth_offset[i] : root;
      const auto above = at.two_thirds[i] - sixth * sixth * (sixth * sixth);
      if (above > 0) {
        const auto excess = 1.5 * above / sixth;
        // A week that no other speaks for has no residual.
        const auto free = phi * (1 - leverage(run.level, at.time[i], at.weight[i]));
        if (excess * excess > threshold * threshold * free && free > 1e-12) prior = free / (excess * excess);
      }
      at.prior[i] = prior;
      sum += prior;
    }
  });
  const auto scale = n() / sum;
  for (auto& one : prior_) one *= scale;
  sum_counts();
}

std::vector<double> quasi_poisson::leverages() const {
  std::vector<double> out;
  for (std::size_t i = 0; i < y_.size(); ++i) out.push_back(leverage(level_[i], time_[i], weight_[i]));
  return out;
}

std::vector<double> quasi_poisson::anscombe_residuals() const {
  const auto phi = std::max(dispersion_, 1.0);
  std::vector<double> out;
  for (std::size_t i = 0; i < y_.size(); ++i)
    out.push_back(1.5 * (two_thirds_[i] * std::pow(mean_[i], -1.0 / 6) - std::sqrt(mean_[i])) /
                  std::sqrt(phi * (1 - leverage(level_[i], time_[i], weight_[i]))));
  return out;
}

} // namespace forewarn::detectors
