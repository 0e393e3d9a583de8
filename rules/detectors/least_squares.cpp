// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/least_squares.hpp"

#include "rules/detectors/distributions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace forewarn::detectors {
namespace {

constexpr double tolerance = 1e-8;
constexpr int most_rounds = 25;
constexpr double explained = 1e-7; // what is left of a column's length once the ones before it are taken out

double length(std::span<const double> values) {
  double sum = 0;
  for (const auto one : values) sum += one * one;
  return std::sqrt(sum);
}

void reflect(std::span<const double> by, double scale, std::span<double> what) {
  double product = 0;
  for (std::size_t i = 0; i < by.size(); ++i) product += by[i] * what[i];
  product *= scale;
  for (std::size_t i = 0; i < by.size(); ++i) what[i] -= product * by[i];
}

// How counts vary about their mean, as far as a fit must know.
struct family {
  double theta = 0; // 0: Poisson

  [[nodiscard]] double variance(double mu) const { return theta > 0 ? mu + mu * mu / theta : mu; }
  [[nodiscard]] double deviance(double y, double mu) const {
    const auto own = y > 0 ? y * std::log(y / mu) : 0;
    if (theta <= 0) return 2 * (own - (y - mu));
    return 2 * (own - (y + theta) * std::log((y + theta) / (mu + theta)));
  }
};

double deviance_of(const family& by, std::span<const double> y, std::span<const double> mu) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i) sum += by.deviance(y[i], mu[i]);
  return sum;
}

// From given linear predictors on.
glm_fit fit(const family& by, const design& x, std::span<const double> y, std::vector<double> eta) {
  glm_fit out;
  out.theta = by.theta;
  out.fitted.resize(y.size());
  const auto means = [&] {
    for (std::size_t i = 0; i < y.size(); ++i)
      out.fitted[i] = std::max(std::exp(eta[i]), std::numeric_limits<double>::epsilon());
  };
  means();
  auto before = deviance_of(by, y, out.fitted);
  for (int round = 0; round < most_rounds; ++round) {
    auto weighted = x;
    std::vector<double> z(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto mu = out.fitted[i];
      const auto weight = mu / std::sqrt(by.variance(mu));
      for (std::size_t j = 0; j < x.columns(); ++j) weighted.at(i, j) *= weight;
      z[i] = (eta[i] + (y[i] - mu) / mu) * weight;
    }
    out.coefficients = least_squares(std::move(weighted), std::move(z));
    eta = times(x, out.coefficients);
    means();
    const auto now = deviance_of(by, y, out.fitted);
    if (!std::isfinite(now)) return out;
    out.converged = std::abs(now - before) / (std::abs(now) + 0.1) < tolerance;
    if (out.converged) return out;
    before = now;
  }
  return out;
}

// The theta that makes these counts likeliest around these means; Newton from the moments.
double likeliest_theta(std::span<const double> y, std::span<const double> mu) {
  const auto n = static_cast<double>(y.size());
  double spread = 0;
  for (std::size_t i = 0; i < y.size(); ++i) spread += (y[i] / mu[i] - 1) * (y[i] / mu[i] - 1);
  auto theta = n / spread;
  const auto near_enough = std::pow(std::numeric_limits<double>::epsilon(), 0.25);
  double step = 1;
  for (int round = 1; round < most_rounds && std::abs(step) > near_enough; ++round) {
    theta = std::abs(theta);
    double score = 0, information = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const auto sum = mu[i] + theta;
      score += digamma(theta + y[i]) - digamma(theta) + std::log(theta) + 1 - std::log(sum) - (y[i] + theta) / sum;
      information += trigamma(theta) - trigamma(theta + y[i]) - 1 / theta + 2 / sum - (y[i] + theta) / (sum * sum);
    }
    step = score / information;
    theta += step;
    if (!std::isfinite(theta)) return 0;
  }
  return std::max(theta, 0.0);
}

double log_likelihood(double theta, std::span<const double> y, std::span<const double> mu) {
  double sum = 0;
  for (std::size_t i = 0; i < y.size(); ++i)
    sum += std::lgamma(theta + y[i]) - std::lgamma(theta) - std::lgamma(y[i] + 1) + theta * std::log(theta) +
           y[i] * std::log(mu[i] + (y[i] > 0 ? 0 : 1)) - (theta + y[i]) * std::log(theta + mu[i]);
  return sum;
}

std::vector<double> logs(std::span<const double> of, double plus) {
  std::vector<double> out;
  for (const auto one : of) out.push_back(std::log(one + plus));
  return out;
}

} // namespace

std::vector<double> least_squares(design x, std::vector<double> y) {
  const auto columns = x.columns();
  std::vector<std::size_t> pivots; // columns that explain something, in order: the k-th stands on row k
  std::vector<double> diagonal;
  for (std::size_t j = 0; j < columns && pivots.size() < x.rows(); ++j) {
    const auto whole = length(x.column(j));
    const auto row = pivots.size();
    auto rest = x.column(j).subspan(row);
    const auto left = length(rest);
    if (left == 0 || left <= explained * whole) continue;
    const auto alpha = rest[0] > 0 ? -left : left;
    rest[0] -= alpha; // the rest of the column now holds the reflector
    const auto scale = -1 / (alpha * rest[0]);
    for (auto k = j + 1; k < columns; ++k) reflect(rest, scale, x.column(k).subspan(row));
    reflect(rest, scale, std::span{y}.subspan(row));
    pivots.push_back(j);
    diagonal.push_back(alpha);
  }
  std::vector<double> out(columns, 0);
  for (auto k = pivots.size(); k-- > 0;) {
    auto value = y[k];
    for (auto later = k + 1; later < pivots.size(); ++later) value -= x.at(k, pivots[later]) * out[pivots[later]];
    out[pivots[k]] = value / diagonal[k];
  }
  return out;
}

std::vector<double> times(const design& x, std::span<const double> coefficients) {
  std::vector<double> out(x.rows(), 0);
  for (std::size_t j = 0; j < x.columns(); ++j)
    for (std::size_t i = 0; i < x.rows(); ++i) out[i] += x.at(i, j) * coefficients[j];
  return out;
}

glm_fit poisson_regression(const design& x, std::span<const double> y) {
  return fit({}, x, y, logs(y, 0.1));
}

glm_fit nb_regression(const design& x, std::span<const double> y) {
  auto out = poisson_regression(x, y);
  if (!out.converged) return out;
  auto theta = likeliest_theta(y, out.fitted);
  if (theta <= 0) return out;
  const auto far = std::sqrt(2 * std::max(1.0, static_cast<double>(x.rows()) - static_cast<double>(x.columns())));
  auto likelihood = log_likelihood(theta, y, out.fitted);
  auto before = likelihood + 2 * far;
  double moved = 1;
  for (int round = 0; round < most_rounds && std::abs(before - likelihood) / far + std::abs(moved) > tolerance;
       ++round) {
    auto next = fit({theta}, x, y, logs(out.fitted, 0));
    const auto theta_before = theta;
    theta = likeliest_theta(y, out.fitted); // around the means of the round before
    if (theta <= 0) break;
    out = std::move(next);
    moved = theta_before - theta;
    before = likelihood;
    likelihood = log_likelihood(theta, y, out.fitted);
  }
  out.theta = theta;
  return out;
}

} // namespace forewarn::detectors
