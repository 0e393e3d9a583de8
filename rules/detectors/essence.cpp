// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/essence.hpp"

#include "rules/detectors/distributions.hpp"
#include "rules/detectors/least_squares.hpp"
#include "rules/detectors/moments.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace forewarn::detectors {
namespace {

constexpr double takes_over = 0.60; // adjusted R squared from which the switch trusts the regression
constexpr double least_ewma = 7, least_regression = 11;

// Rnssp rounds its quantiles to five decimals.
double rounded_quantile(double p, double degrees) {
  return std::round(student_quantile(p, degrees) * 1e5) / 1e5;
}

struct limits {
  double degrees = 0, alert = 0, warning = 0, bound = 0;
};

limits limits_for(double degrees, double alpha) {
  return {degrees, rounded_quantile(0.99, degrees), rounded_quantile(0.95, degrees),
          student_quantile(1 - alpha, degrees)};
}

double ewma_sigma(double w, double n, double guard, double sd, const limits& by) {
  const auto rest = 1 - w;
  const auto inflated = std::sqrt(w / (2 - w) + 1 / n - 2 * std::pow(rest, guard + 1) * (1 - std::pow(rest, n)) / n);
  const auto least = w / by.warning * (0.01 + 0.05 * rest * rest);
  const auto constant = (0.1289 - (0.2414 - 0.1826 * std::pow(rest, 4)) * std::log(10 * 0.05)) * w / by.warning;
  return std::max(least, sd * inflated + constant);
}

struct fitted_days {
  std::vector<double> coefficients; // intercept, day, Monday to Saturday
  double n = 0;
  double residual = 0, explained = 0; // sums of squares
};

fitted_days fit_days(const series& of, std::size_t from, std::size_t to) {
  std::vector<double> y;
  std::vector<std::size_t> days;
  for (auto at = from; at < to; ++at)
    if (of.counted(at)) {
      y.push_back(of.counts[at]);
      days.push_back(at);
    }
  design x{y.size(), 8};
  for (std::size_t i = 0; i < y.size(); ++i) {
    x.at(i, 0) = 1;
    x.at(i, 1) = static_cast<double>(days[i] - from + 1);
    if (const auto weekday = of.weekday(days[i]); weekday < 6) x.at(i, 2 + weekday) = 1;
  }
  fitted_days out;
  out.n = static_cast<double>(y.size());
  out.coefficients = least_squares(x, y);
  const auto fitted = times(x, out.coefficients);
  const auto mean = moments_of(fitted).mean;
  for (std::size_t i = 0; i < y.size(); ++i) {
    out.residual += (y[i] - fitted[i]) * (y[i] - fitted[i]);
    out.explained += (fitted[i] - mean) * (fitted[i] - mean);
  }
  return out;
}

double adjusted_r2(const fitted_days& by, double degrees) {
  const auto all = by.residual + by.explained;
  const bool constant = all <= 1e-18 * by.n; // nothing varies: there is nothing to explain
  if (constant) return 0;
  return 1 - (1 - by.explained / all) * (by.n - 1) / degrees;
}

} // namespace

void essence::move(chart& one, double count) const {
  one.state = one.weight * count + (1 - one.weight) * one.state;
}

essence_verdict essence::ewma(const series& of, std::size_t t) {
  if (!begun_) {
    if (of.counted(t)) {
      first_ = {by_.first_weight, of.counts[t]};
      second_ = {by_.second_weight, of.counts[t]};
      begun_ = true;
    }
    return {};
  }
  const auto to = t - std::min(t, by_.guard);
  const auto from = to - std::min(to, by_.baseline);
  const auto past = moments_of(std::span{of.counts}.subspan(from, to - from));
  if (t < by_.guard + 7 || past.n < least_ewma) {
    if (of.counted(t)) {
      move(first_, of.counts[t]);
      move(second_, of.counts[t]);
    }
    return {};
  }
  const auto by = limits_for(past.n - 1, by_.alpha);
  essence_verdict out;
  out.told.expected = past.mean;
  auto bound = std::numeric_limits<double>::infinity();
  std::array<double, 2> statistic{}, chance{};
  std::size_t i = 0;
  for (auto* one : {&first_, &second_}) {
    const auto sigma = ewma_sigma(one->weight, past.n, static_cast<double>(by_.guard), past.sd(), by);
    bound = std::min(bound, (past.mean + by.bound * sigma - (1 - one->weight) * one->state) / one->weight);
    if (of.counted(t)) {
      move(*one, of.counts[t]);
      statistic.at(i) = (one->state - past.mean) / sigma;
      chance.at(i) = student_upper(statistic.at(i), by.degrees);
      if (std::abs(statistic.at(i)) > by.alert)
        one->state = past.mean + (statistic.at(i) > 0 ? by.alert : -by.alert) * sigma;
    }
    ++i;
  }
  out.told.bound = number_or_nothing(bound);
  if (!of.counted(t)) return out;
  // Compared as Rnssp computes them, 1 - P: beyond sixteen digits both are nothing, and the second speaks.
  const std::size_t speaks = 1 - (1 - chance[0]) < 1 - (1 - chance[1]) ? 0 : 1;
  out.statistic = statistic.at(speaks);
  out.told.score = chance.at(speaks);
  out.told.alarm = chance.at(speaks) < by_.alpha;
  return out;
}

essence_verdict essence::regression(const series& of, std::size_t t) const {
  if (t < by_.guard + 11) return {};
  const auto to = t - by_.guard;
  const auto from = to - std::min(to, by_.baseline);
  const auto past = fit_days(of, from, to);
  if (past.n < least_regression) return {};
  const auto degrees = past.n - 8;
  const auto by = limits_for(degrees, by_.alpha);
  const auto wide = std::sqrt((past.n + 7) * (past.n - 4) / (past.n * (past.n - 7)));
  essence_verdict out;
  out.by_regression = true;
  out.sigma = std::max(std::sqrt(past.residual / degrees) * wide, 0.01 / by.warning);
  out.adjusted_r2 = adjusted_r2(past, degrees);
  auto forecast = past.coefficients[0] + static_cast<double>(t - from + 1) * past.coefficients[1];
  if (const auto weekday = of.weekday(t); weekday < 6) forecast += past.coefficients[2 + weekday];
  out.told.expected = std::max(0.0, forecast);
  out.told.bound = *out.told.expected + by.bound * *out.sigma;
  if (!of.counted(t)) return out;
  out.statistic = (of.counts[t] - *out.told.expected) / *out.sigma;
  out.told.score = student_upper(*out.statistic, degrees);
  out.told.alarm = *out.told.score < by_.alpha;
  return out;
}

essence_verdict essence::next(const series& of, std::size_t t) {
  if (by_.method == essence_method::regression) return regression(of, t);
  auto out = ewma(of, t);
  if (by_.method == essence_method::ewma) return out;
  auto fitted = regression(of, t);
  return fitted.adjusted_r2 && *fitted.adjusted_r2 >= takes_over ? fitted : out;
}

} // namespace forewarn::detectors
