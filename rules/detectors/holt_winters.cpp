// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/holt_winters.hpp"

#include "rules/detectors/distributions.hpp"

#include <numeric>

namespace forewarn::detectors {
namespace {

// The mean of one whole rhythm around each position; where a rhythm is even, its two ends count half.
std::vector<double> centred_means(const std::vector<double>& first, std::size_t period) {
  const auto half = period / 2;
  const bool even = period % 2 == 0;
  std::vector<double> out;
  for (auto at = half; at + half < first.size(); ++at) {
    double sum = 0;
    for (auto i = at - half; i <= at + half; ++i) {
      const bool end = i == at - half || i == at + half;
      sum += (even && end ? 0.5 : 1) * first[i];
    }
    out.push_back(sum / static_cast<double>(period));
  }
  return out;
}

struct line {
  double at_zero = 0, slope = 0;
};

// Least squares over 1, 2, 3...
line line_through(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const auto middle = (n + 1) / 2;
  const auto mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto from_middle = static_cast<double>(i + 1) - middle;
    products += from_middle * (values[i] - mean);
    squares += from_middle * from_middle;
  }
  const auto slope = squares > 0 ? products / squares : 0;
  return {mean - slope * middle, slope};
}

} // namespace

holt_winters::holt_winters(const holt_winters_options& by) : by_{by}, z_{normal_quantile(1 - by.alpha)} {}

void holt_winters::begin(const series& of) {
  const auto period = by_.period;
  auto first = std::vector<double>(of.counts.begin(), of.counts.begin() + static_cast<std::ptrdiff_t>(by_.start()));
  double sum = 0, counted = 0;
  for (const auto one : first)
    if (!std::isnan(one)) {
      sum += one;
      counted += 1;
    }
  for (auto& one : first)
    if (std::isnan(one)) one = counted > 0 ? sum / counted : 0;
  const auto means = centred_means(first, period);
  const auto start = line_through(means);
  level_ = start.at_zero;
  trend_ = start.slope;
  season_.assign(period, 0);
  std::vector<double> seen(period, 0);
  for (std::size_t i = 0; i < means.size(); ++i) {
    const auto at = i + period / 2;
    season_[at % period] += first[at] - means[i];
    seen[at % period] += 1;
  }
  double total = 0;
  for (std::size_t d = 0; d < period; ++d) {
    if (seen[d] > 0) season_[d] /= seen[d];
    total += season_[d];
  }
  for (auto& one : season_) one -= total / static_cast<double>(period);
}

holt_winters_verdict holt_winters::next(const series& of, std::size_t t) {
  if (t == by_.period) begin(of);
  auto& season = season_[t % by_.period];
  holt_winters_verdict out;
  out.level = level_;
  out.trend = trend_;
  out.season = season;
  const auto fitted = level_ + trend_ + season;
  out.told.expected = fitted;
  const bool judged = t >= by_.start() && errors_ >= 1 && squares_ > 0;
  const auto spread = judged ? std::sqrt(squares_ / errors_) : 0;
  if (judged) out.told.bound = number_or_nothing(fitted + z_ * spread);
  if (!of.counted(t)) {
    level_ += trend_;
    return out;
  }
  const auto count = of.counts[t];
  if (judged) {
    out.told.score = number_or_nothing((count - fitted) / spread);
    out.told.alarm = out.told.bound && count > *out.told.bound;
  }
  squares_ += (count - fitted) * (count - fitted);
  errors_ += 1;
  const auto level = by_.level * (count - season) + (1 - by_.level) * (level_ + trend_);
  trend_ = by_.trend * (level - level_) + (1 - by_.trend) * trend_;
  season = by_.season * (count - level) + (1 - by_.season) * season;
  level_ = level;
  return out;
}

} // namespace forewarn::detectors
