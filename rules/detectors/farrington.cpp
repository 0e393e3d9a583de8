// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/farrington.hpp"

#include "rules/detectors/calendar_years.hpp"
#include "rules/detectors/distributions.hpp"

#include <algorithm>
#include <span>

namespace forewarn::detectors {
namespace {

double power_of(power_transform by) {
  switch (by) {
  case power_transform::none: return 1;
  case power_transform::half: return 0.5;
  case power_transform::two_thirds: break;
  }
  return 2.0 / 3;
}

// Standard deviation of the transformed count.
double transformed_sd(power_transform by, double mean, double tau) {
  switch (by) {
  case power_transform::none: return std::sqrt(mean * tau);
  case power_transform::half: return std::sqrt(tau / 4);
  case power_transform::two_thirds: break;
  }
  return std::sqrt(4.0 / 9 * std::cbrt(mean) * tau);
}

bool enough_cases(const series& of, const farrington_options& by, std::size_t t) {
  double sum = 0;
  for (auto at = t + 1 - std::min(by.least_cases_in, t + 1); at <= t; ++at)
    if (of.counted(at)) sum += of.counts[at];
  return sum >= by.least_cases;
}

// Two-sided t test.
double chance_of_trend(double trend, double variance, double degrees) {
  return 2 * student_upper(std::abs(trend) / std::sqrt(variance), degrees);
}

} // namespace

farrington_options original_farrington() {
  farrington_options out;
  out.version = farrington_version::original;
  out.seasons = 1;
  out.weights_threshold = 1;
  out.p_threshold_trend = 0.05;
  out.threshold = farrington_threshold::delta;
  out.alpha = 0.01;
  out.least_cases = 5;
  return out;
}

farrington::farrington(const farrington_options& by)
    : by_{by}, z_{normal_quantile(1 - (by.version == farrington_version::original ? by.alpha / 2 : by.alpha))} {}

std::optional<farrington_verdict> farrington::judge(const series& of, std::size_t t) {
  const bool population = by_.population_offset && of.population.size() == of.size();
  if (by_.population_offset && !population) return {};
  tables_.follow(of, t, population);
  return by_.version == farrington_version::original ? judge_original(of, t) : judge_improved(of, t);
}

// The periods that the regression uses, in order of time, with their season level. False: too little history.
bool farrington::set_blocks(const series& of, std::size_t t) {
  const auto w = by_.half_window;
  references_.assign(1, t);
  const auto most_years = static_cast<std::ptrdiff_t>(by_.years);
  for (std::ptrdiff_t year = 1; year <= most_years; ++year) {
    std::optional<std::size_t> same;
    if (by_.use_dates && !of.days.empty()) {
      const auto then = same_weekday_near(years_back(of.days[t], static_cast<int>(year)), of.days[t]);
      same = period_of(of.days, then);
    } else if (t >= static_cast<std::size_t>(year) * by_.frequency) {
      same = t - static_cast<std::size_t>(year) * by_.frequency;
    }
    if (!same || *same < w || *same + 2 * w >= references_.back()) break;
    references_.push_back(*same);
  }
  if (references_.size() <= std::max<std::size_t>(by_.least_years, 1)) return false;
  blocks_.clear();
  const auto top = by_.seasons - 1; // the level of t's own season
  for (auto i = references_.size() - 1; i >= 1; --i) {
    const auto middle = references_[i];
    blocks_.push_back({middle - w, middle + w + 1, top});
    if (by_.seasons == 1) continue;
    const auto gap = references_[i - 1] - 2 * w - 1 - middle;
    auto from = middle + w + 1;
    for (std::size_t level = 0; level < top; ++level) {
      const auto length = gap / top + (level < gap % top ? 1U : 0U);
      blocks_.push_back({from, from + length, level});
      from += length;
    }
  }
  blocks_.push_back({t - w, t + 1, top});
  const auto end = t - std::min(t, by_.left_out);
  for (auto& one : blocks_) {
    one.to = std::min(one.to, end);
    one.from = std::min(one.from, one.to);
  }
  return true;
}

bool farrington::fit_twice(bool with_trend) {
  model_.unweight();
  if (!model_.fit(with_trend)) return false;
  if (!by_.reweight) return true;
  model_.down_weight(by_.weights_threshold);
  (void)model_.fit(with_trend); // R, too, goes on with a second fit that did not settle
  return std::isfinite(model_.dispersion());
}

void farrington::bound_by_delta(farrington_verdict& out, double mean, double error, double count) const {
  const auto tau = out.phi + error * error / mean;
  const auto power = power_of(by_.power);
  out.deviation = transformed_sd(by_.power, mean, tau);
  const auto bound = std::pow(std::pow(mean, power) + z_ * out.deviation, 1 / power);
  out.told.bound = number_or_nothing(bound);
  out.mu0 = std::exp(mean + z_ * error); // as the package keeps it: it takes a mean for its own logarithm
  out.p = normal_upper((std::pow(count, power) - std::pow(mean, power)) / out.deviation);
  out.raw_score = number_or_nothing((count - mean) / (bound - mean));
}

void farrington::bound_by_tail(farrington_verdict& out, double eta, double error, double count) const {
  const auto mean = by_.threshold == farrington_threshold::muan ? std::exp(eta + z_ * error) : std::exp(eta);
  out.mu0 = mean;
  if (!std::isfinite(mean)) return;
  const auto bound = overdispersed_quantile(1 - by_.alpha, mean, out.phi);
  out.told.bound = bound;
  out.p = overdispersed_upper(count, mean, out.phi);
  out.raw_score =
      number_or_nothing((count - eta) / (bound - eta)); // eta, not the mean: as the package has it, harmless for alarms
}

std::optional<farrington_verdict> farrington::judge_improved(const series& of, std::size_t t) {
  if (!set_blocks(of, t)) return {};
  const bool dated = by_.use_dates && !of.days.empty();
  const auto unit = dated && of.days.size() > 1 ? of.days[1] - of.days[0] : 1;
  const auto time_of = [&](std::size_t at) {
    return dated ? static_cast<double>(of.days[at] - of.days[blocks_.front().from]) / unit : static_cast<double>(at);
  };
  model_.take(of, tables_, blocks_, by_.seasons, by_.population_offset, time_of);
  const auto level = by_.seasons - 1;
  if (!model_.has_level(level)) return {};
  const auto offset = by_.population_offset ? std::log(of.population[t]) : 0;
  const auto dispersion = [&] { return by_.reweight ? model_.dispersion_by_prior_weights() : model_.dispersion(); };
  farrington_verdict out;
  if (by_.trend && fit_twice(true)) {
    const auto mean = std::exp(model_.predictor(level, time_of(t)) + offset);
    out.trend = references_.size() > 3 && mean <= model_.largest_count();
    if (out.trend && by_.p_threshold_trend < 1)
      out.trend = chance_of_trend(model_.trend(), dispersion() * model_.trend_variance(), model_.degrees()) <
                  by_.p_threshold_trend;
  }
  if (!out.trend && !fit_twice(false)) {
    out.failed = true;
    return out;
  }
  if (out.trend) out.trend_coefficient = model_.trend();
  const auto eta = model_.predictor(level, time_of(t)) + offset;
  const auto error = std::sqrt(dispersion() * model_.predictor_variance(level, time_of(t)));
  const auto count = of.counted(t) ? of.counts[t] : 0;
  out.phi = std::max(model_.dispersion(), 1.0);
  out.fitted = std::exp(eta);
  if (by_.threshold == farrington_threshold::delta)
    bound_by_delta(out, out.fitted, error * out.fitted, count);
  else
    bound_by_tail(out, eta, error, count);
  if (of.counted(t) && !enough_cases(of, by_, t)) {
    out.told.alarm = false;
    out.told.bound.reset();
    return out;
  }
  if (of.counted(t)) out.told.alarm = out.told.bound && out.raw_score.value_or(0) > 1 && count != 0;
  if (!out.told.bound) return out;
  out.told.expected = number_or_nothing(out.fitted);
  if (of.counted(t)) out.told.score = out.raw_score;
  return out;
}

std::optional<farrington_verdict> farrington::judge_original(const series& of, std::size_t t) {
  const auto w = by_.half_window;
  const auto years = std::min(by_.years, t >= w ? (t - w) / by_.frequency : 0);
  if (years < std::max<std::size_t>(by_.least_years, 1)) return {};
  blocks_.clear();
  for (auto year = years; year >= 1; --year) {
    const auto middle = t - year * by_.frequency;
    blocks_.push_back({middle - w, std::min(middle + w + 1, t), 0});
  }
  const auto time_of = [](std::size_t at) { return static_cast<double>(at); };
  model_.take(of, tables_, blocks_, 1, false, time_of);
  if (!model_.has_level(0)) return {};
  farrington_verdict out;
  const auto time = time_of(t);
  out.trend = by_.trend && fit_twice(true);
  if (out.trend) {
    const auto p = chance_of_trend(model_.trend(), model_.dispersion() * model_.trend_variance(), model_.degrees());
    out.trend =
        years >= 3 && p < by_.p_threshold_trend && std::exp(model_.predictor(0, time)) <= model_.largest_count();
  }
  if (!out.trend && !fit_twice(false)) {
    out.failed = true;
    return out;
  }
  if (out.trend) out.trend_coefficient = model_.trend();
  out.phi = std::max(model_.dispersion(), 1.0);
  out.fitted = std::exp(model_.predictor(0, time));
  const auto error = std::sqrt(out.phi * model_.predictor_variance(0, time)) * out.fitted;
  bound_by_delta(out, out.fitted, error, of.counted(t) ? of.counts[t] : 0);
  out.told.expected = number_or_nothing(out.fitted);
  if (!of.counted(t)) return out;
  const bool enough = enough_cases(of, by_, t);
  out.told.score = out.raw_score;
  out.told.alarm = enough && out.raw_score.value_or(0) > 1;
  if (!enough) out.told.bound = 0;
  return out;
}

} // namespace forewarn::detectors
