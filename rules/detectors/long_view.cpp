// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/long_view.hpp"

#include <algorithm>
#include <numbers>

namespace forewarn::detectors {
namespace {

constexpr std::size_t every = 28;         // days between two fits
constexpr std::size_t kept_before = 120;  // days before a fit whose means are worked out
constexpr std::size_t spread_over = 1092; // days
constexpr double weekday_prior = 10;      // cases by which weekdays are drawn to alike
constexpr double least_cases = 20;
constexpr double year = 365.25;
// Of level, growth and wave: standard deviations of none, 0.3 a year and 0.5.
constexpr std::array<double, 4> prior_precision{0, 11, 4, 4};

using row = std::array<double, 4>;

row row_at(double day) {
  const auto angle = 2 * std::numbers::pi * day / year;
  return {1, day / year, std::cos(angle), std::sin(angle)};
}

double linear(const row& at, const row& beta) {
  double out = 0;
  for (std::size_t i = 0; i < at.size(); ++i) out += at[i] * beta[i];
  return out;
}

struct week {
  row at{};
  double cases = 0, days = 0;
};

// One step of Newton; the largest move of a coefficient.
double step(const std::vector<week>& weeks, row& beta) {
  std::array<std::array<double, 5>, 4> system{};
  for (std::size_t i = 0; i < 4; ++i) {
    system[i][i] = prior_precision[i];
    system[i][4] = -prior_precision[i] * beta[i];
  }
  for (const auto& one : weeks) {
    const auto mean = one.days * std::exp(std::min(linear(one.at, beta), 40.0));
    for (std::size_t i = 0; i < 4; ++i) {
      system[i][4] += one.at[i] * (one.cases - mean);
      for (std::size_t j = 0; j < 4; ++j) system[i][j] += mean * one.at[i] * one.at[j];
    }
  }
  for (std::size_t c = 0; c < 4; ++c) // positive definite: no pivots needed
    for (std::size_t r = 0; r < 4; ++r) {
      if (r == c) continue;
      const auto factor = system[r][c] / system[c][c];
      for (auto j = c; j < 5; ++j) system[r][j] -= factor * system[c][j];
    }
  double moved = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto by = std::clamp(system[i][4] / system[i][i], -1.0, 1.0);
    if (std::isnan(by)) return 0;
    beta[i] += by;
    moved = std::max(moved, std::abs(by));
  }
  return moved;
}

// Days count from the newest, so that a step's numbers stay small and the trend is one about today.
std::int64_t day_of(const series& of, std::size_t at) {
  return of.days.empty() ? static_cast<std::int64_t>(at) : of.days[at];
}

} // namespace

bool long_view::look(const series& of, std::size_t guard, std::size_t t) {
  constexpr auto period = static_cast<std::int64_t>(every);
  const auto today = day_of(of, t);
  const auto since = static_cast<std::size_t>(((today % period) + period) % period); // days since the last fit was due
  if (t < since) return false;
  const auto due = t - since;
  if (due < guard + needs) return false;
  if (fitted_ != today - static_cast<std::int64_t>(since)) {
    fitted_ = today - static_cast<std::int64_t>(since);
    const auto end = due - guard;
    fit(of, end - std::min(end, reach), end);
  }
  return seen_;
}

void long_view::fit(const series& of, std::size_t begin, std::size_t end) {
  seen_ = false;
  std::vector<week> weeks;
  double cases = 0, days = 0;
  for (auto to = end; to >= begin + 7; to -= 7) {
    week one;
    one.at = row_at(static_cast<double>(day_of(of, to - 4) - fitted_));
    for (auto at = to - 7; at < to; ++at)
      if (of.counted(at)) {
        one.cases += of.counts[at];
        one.days += 1;
      }
    if (one.days < 1) continue;
    cases += one.cases;
    days += one.days;
    weeks.push_back(one);
  }
  if (cases < least_cases) return;
  beta_ = {std::log(cases / days), 0, 0, 0};
  constexpr int most_rounds = 30;
  for (int round = 0; round < most_rounds; ++round)
    if (step(weeks, beta_) < 1e-9) break;
  first_ = fitted_ - static_cast<std::int64_t>(kept_before);
  means_.clear();
  for (std::size_t i = 0; i < kept_before + every; ++i)
    means_.push_back(mean_on(first_ + static_cast<std::int64_t>(i)));
  phi_ = spread(of, std::max(begin, end - std::min(end, spread_over)), end);
  seen_ = true;
}

double long_view::mean_on(std::int64_t day) const {
  return std::exp(std::clamp(linear(row_at(static_cast<double>(day - fitted_)), beta_), -40.0, 40.0));
}

double long_view::spread(const series& of, std::size_t begin, std::size_t end) const {
  std::vector<double> means;
  std::array<double, 7> cases{}, expected{};
  double n = 0;
  for (auto at = begin; at < end; ++at) {
    means.push_back(mean_on(day_of(of, at)));
    if (!of.counted(at)) continue;
    cases[of.weekday(at)] += of.counts[at];
    expected[of.weekday(at)] += means.back();
    n += 1;
  }
  double pearson = 0;
  for (auto at = begin; at < end; ++at) {
    if (!of.counted(at)) continue;
    const auto weekday = of.weekday(at);
    const auto factor = (cases[weekday] + weekday_prior) / (expected[weekday] + weekday_prior);
    const auto mean = means[at - begin] * factor + 1e-9;
    pearson += (of.counts[at] - mean) * (of.counts[at] - mean) / mean;
  }
  return n > 8 ? std::max(1.0, pearson / (n - 8)) : 1;
}

double long_view::mean(const series& of, std::size_t at) const {
  const auto i = std::clamp<std::int64_t>(day_of(of, at) - first_, 0, static_cast<std::int64_t>(means_.size()) - 1);
  return means_[static_cast<std::size_t>(i)];
}

} // namespace forewarn::detectors
