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
  for (auto at = y_log_y.size(); at < end; ++at) {
    const auto y = of.counted(at) ? of.counts[at] : 0;
    y_log_y.push_back(y > 0 ? y * std::log(y) : 0);
    log_start.push_back(std::log(y + 0.1));
    two_thirds.push_back(std::cbrt(y * y));
  }
  if (!with_population) return;
  for (auto at = log_population.size(); at < end; ++at) {
    log_population.push_back(std::log(of.population[at]));
    sixth_root_population.push_back(std::exp(log_population.back() / 6));
  }
}

void quasi_poisson::begin(std::size_t levels) {
  for (auto* one : {&y_, &time_, &offset_, &sixth_offset_, &log_start_, &y_log_y_, &two_thirds_}) one->clear();
  level_.clear();
  runs_.clear();
  groups_.assign(levels, {});
  largest_ = 0;
}

void quasi_poisson::add(const series& of, const count_tables& tables, std::size_t at, std::size_t level,
                        bool with_population, double time) {
  const auto here = y_.size();
  if (runs_.empty() || runs_.back().level != level || time != time_.back() + 1)
    runs_.push_back({here, here + 1, level});
  else
    runs_.back().to = here + 1;
  y_.push_back(of.counts[at]);
  largest_ = std::max(largest_, of.counts[at]);
  time_.push_back(time);
  log_start_.push_back(tables.log_start[at]);
  y_log_y_.push_back(tables.y_log_y[at]);
  two_thirds_.push_back(tables.two_thirds[at]);
  with_offset_ = with_population;
  if (with_population) {
    offset_.push_back(tables.log_population[at]);
    sixth_offset_.push_back(tables.sixth_root_population[at]);
  }
  level_.push_back(static_cast<std::uint32_t>(level));
  groups_[level].periods += 1;
  groups_[level].centre += time;
}

void quasi_poisson::finish() {
  for (auto& one : groups_)
    if (one.periods > 0) one.centre /= one.periods;
  for (std::size_t i = 0; i < y_.size(); ++i) time_[i] -= groups_[level_[i]].centre;
  mean_.resize(y_.size());
  weight_.resize(y_.size());
  unweight();
}

void quasi_poisson::unweight() {
  prior_.assign(y_.size(), 1);
  sum_counts();
}

// What the deviance and the right-hand sides need of the counts: the same in every round.
void quasi_poisson::sum_counts() {
  own_ = counts_by_offset_ = 0;
  for (auto& one : groups_) one.counts = one.counts_by_time = 0;
  for (const auto& run : runs_) {
    double counts = 0, by_time = 0;
    for (auto i = run.from; i < run.to; ++i) {
      const auto weighted = prior_[i] * y_[i];
      counts += weighted;
      by_time += weighted * time_[i];
      own_ += prior_[i] * (y_log_y_[i] - y_[i]);
      if (with_offset_) counts_by_offset_ += weighted * offset_[i];
    }
    groups_[run.level].counts += counts;
    groups_[run.level].counts_by_time += by_time;
  }
}

void quasi_poisson::gather_weights() {
  for (auto& one : groups_) one.weight = one.first = one.second = 0;
  for (const auto& run : runs_) {
    double sum = 0, first = 0, second = 0;
    for (auto i = run.from; i < run.to; ++i) {
      const auto w = prior_[i] * mean_[i];
      weight_[i] = w;
      const auto by_time = w * time_[i];
      sum += w;
      first += by_time;
      second += by_time * time_[i];
    }
    auto& of = groups_[run.level];
    of.weight += sum;
    of.first += first;
    of.second += second;
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
  double deviance = 0;
  for (std::size_t i = 0; i < y_.size(); ++i) {
    mean_[i] = y_[i] + 0.1;
    deviance += prior_[i] * (y_log_y_[i] - y_[i] * log_start_[i] + 0.1);
  }
  deviance_ = 2 * deviance;
  gather_weights();
  for (std::size_t i = 0; i < y_.size(); ++i) {
    const auto z = log_start_[i] - (with_offset_ ? offset_[i] : 0) - 0.1 / mean_[i];
    right_[level_[i]] += weight_[i] * z;
    right_by_time_[level_[i]] += weight_[i] * z * time_[i];
  }
  trend_ = 0;
  return solve(right_, right_by_time_, with_trend, false);
}

void quasi_poisson::renew_means() {
  sum_of_means_ = 0;
  const auto step = std::exp(trend_);
  for (const auto& run : runs_) {
    auto mean = std::exp(groups_[run.level].intercept + trend_ * time_[run.from]);
    double sum = 0;
    for (auto i = run.from; i < run.to; ++i) {
      mean_[i] = std::max(with_offset_ ? mean * std::exp(offset_[i]) : mean, least_mean);
      sum += prior_[i] * mean_[i];
      mean *= step;
    }
    sum_of_means_ += sum;
  }
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
      gather_weights();
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
  double pearson = 0;
  for (std::size_t i = 0; i < y_.size(); ++i) {
    const auto off = (y_[i] - mean_[i]) / mean_[i];
    pearson += weight_[i] * off * off;
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

double quasi_poisson::leverage(std::size_t i) const {
  const auto& of = groups_[level_[i]];
  auto out = 1 / of.weight;
  if (with_trend_) {
    const auto from_mean = time_[i] - of.first / of.weight;
    out += from_mean * from_mean / spread_;
  }
  return std::min(weight_[i] * out, 1.0);
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
  sixth_.resize(y_.size());
  const auto step = std::exp(trend_ / 6);
  for (const auto& run : runs_) { // mu^(1/6), from neighbour to neighbour
    auto root = std::exp((groups_[run.level].intercept + trend_ * time_[run.from]) / 6);
    for (auto i = run.from; i < run.to; ++i) {
      sixth_[i] = with_offset_ ? root * sixth_offset_[i] : root;
      root *= step;
    }
  }
  double sum = 0;
  for (std::size_t i = 0; i < y_.size(); ++i) {
    const auto excess = 1.5 * (two_thirds_[i] - sixth_[i] * sixth_[i] * sixth_[i] * sixth_[i]) / sixth_[i];
    prior_[i] = 1;
    if (excess > 0) {
      const auto free = phi * (1 - leverage(i)); // a week that no other speaks for has no residual
      if (excess * excess > threshold * threshold * free && free > 1e-12) prior_[i] = free / (excess * excess);
    }
    sum += prior_[i];
  }
  const auto scale = n() / sum;
  for (auto& one : prior_) one *= scale;
  sum_counts();
}

std::vector<double> quasi_poisson::leverages() const {
  std::vector<double> out;
  for (std::size_t i = 0; i < y_.size(); ++i) out.push_back(leverage(i));
  return out;
}

std::vector<double> quasi_poisson::anscombe_residuals() const {
  const auto phi = std::max(dispersion_, 1.0);
  std::vector<double> out;
  for (std::size_t i = 0; i < y_.size(); ++i)
    out.push_back(1.5 * (two_thirds_[i] * std::pow(mean_[i], -1.0 / 6) - std::sqrt(mean_[i])) /
                  std::sqrt(phi * (1 - leverage(i))));
  return out;
}

} // namespace forewarn::detectors
