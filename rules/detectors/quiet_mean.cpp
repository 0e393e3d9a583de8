// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/quiet_mean.hpp"

#include "rules/detectors/least_squares.hpp"
#include "rules/detectors/moments.hpp"

#include <algorithm>
#include <numbers>
#include <span>

namespace forewarn::detectors {
namespace {

std::size_t columns_of(const season_model& by) {
  return 1 + (by.trend ? 1U : 0U) + 2 * by.harmonics;
}

// A row of the design: 1, t, cos, sin, ...
std::vector<double> row_at(const season_model& by, std::size_t t) {
  const auto time = static_cast<double>(t + 1);
  std::vector<double> out{1};
  if (by.trend) out.push_back(time);
  for (std::size_t s = 1; s <= by.harmonics; ++s) {
    const auto angle = 2 * static_cast<double>(s) * std::numbers::pi / by.frequency * time;
    out.push_back(std::cos(angle));
    out.push_back(std::sin(angle));
  }
  return out;
}

} // namespace

std::optional<double> moving_mean(const series& of, std::size_t baseline, std::size_t guard, std::size_t t) {
  if (t < baseline + guard) return {};
  const auto past = moments_of(std::span{of.counts}.subspan(t - guard - baseline, baseline));
  if (past.n < 1) return {};
  return (past.mean * past.n + 0.5) / past.n;
}

std::optional<double> mean_before(const series& of, std::size_t end) {
  const auto past = moments_of(std::span{of.counts}.first(std::min(end, of.size())));
  if (past.n < 1 || past.mean <= 0) return {};
  return past.mean;
}

double fitted_season::mean(std::size_t t) const {
  const auto row = row_at(by, t);
  double eta = 0;
  for (std::size_t j = 0; j < row.size(); ++j) eta += row[j] * coefficients[j];
  return std::exp(eta);
}

std::optional<fitted_season> fit_season(const series& of, const season_model& by, std::size_t end) {
  std::vector<std::size_t> used;
  double sum = 0;
  for (std::size_t at = 0; at < std::min(end, of.size()); ++at)
    if (of.counted(at)) {
      used.push_back(at);
      sum += of.counts[at];
    }
  if (used.size() <= columns_of(by) || sum <= 0) return {};
  design x{used.size(), columns_of(by)};
  std::vector<double> y;
  for (std::size_t i = 0; i < used.size(); ++i) {
    const auto row = row_at(by, used[i]);
    for (std::size_t j = 0; j < row.size(); ++j) x.at(i, j) = row[j];
    y.push_back(of.counts[used[i]]);
  }
  const auto fit = by.negative_binomial ? nb_regression(x, y) : poisson_regression(x, y);
  if (!fit.converged) return {};
  return fitted_season{fit.coefficients, by, fit.theta > 0 ? 1 / fit.theta : 0};
}

} // namespace forewarn::detectors
