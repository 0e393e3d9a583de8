// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/nb_multiwindow.hpp"

#include "rules/detectors/distributions.hpp"

#include <algorithm>
#include <array>

namespace forewarn::detectors {
namespace {

constexpr std::size_t eight_weeks = 56;
constexpr double poisson_below = 1 + 1e-9; // a dispersion that near to 1 is none

struct quiet_times {
  double level = 0;
  double days = 0; // counted, behind the level
  double phi = 1;
  std::array<double, 7> factor{1, 1, 1, 1, 1, 1, 1};
};

std::optional<double> level_of(const series& of, std::size_t from, std::size_t to, double& days) {
  double sum = 0;
  for (auto at = from; at < to; ++at)
    if (of.counted(at)) {
      sum += of.counts[at];
      days += 1;
    }
  if (days < 1) return {};
  return (sum + 0.5) / days;
}

// Weekday factors and dispersion of [from, to).
void calibrate(const series& of, const multiwindow_options& by, std::size_t from, std::size_t to, quiet_times& out) {
  std::array<double, 7> sum{}, days{};
  double all = 0, n = 0;
  for (auto at = from; at < to; ++at) {
    if (!of.counted(at)) continue;
    const auto weekday = of.weekday(at);
    sum[weekday] += of.counts[at];
    days[weekday] += 1;
    all += of.counts[at];
    n += 1;
  }
  if (n < 8) return;
  if (by.weekdays && to - from >= eight_weeks) {
    double total = 0;
    for (std::size_t d = 0; d < 7; ++d) {
      const auto as_often = days[d] > 0 ? sum[d] * (n / (7 * days[d])) : all / 7; // as if each weekday came as often
      out.factor[d] = (as_often + by.weekday_prior) / (all / 7 + by.weekday_prior);
      total += out.factor[d];
    }
    for (auto& one : out.factor) one /= total / 7;
  }
  const auto mean = all / n;
  double pearson = 0;
  for (auto at = from; at < to; ++at) {
    if (!of.counted(at)) continue;
    const auto m = mean * out.factor[of.weekday(at)] + 1e-9;
    pearson += (of.counts[at] - m) * (of.counts[at] - m) / m;
  }
  out.phi = std::max(1.0, pearson / (n - 7));
}

} // namespace

std::optional<multiwindow_verdict> nb_multiwindow(const series& of, const multiwindow_options& by, std::size_t t) {
  if (t < by.history()) return {};
  const auto to = t - by.guard;
  quiet_times quiet;
  const auto level = level_of(of, to - by.baseline, to, quiet.days);
  if (!level) return {};
  quiet.level = *level;
  calibrate(of, by, to - std::min(to, by.calibration), to, quiet);

  multiwindow_verdict out;
  out.level = quiet.level;
  out.weekday_factor = quiet.factor[of.weekday(t)];
  out.phi = quiet.phi;
  auto quietest = std::numeric_limits<double>::max(); // the largest count today that no window minds
  double smallest = 2;
  for (const auto days : by.windows) {
    double factors = 0, count = 0, before = 0;
    for (auto at = t + 1 - std::min(days, t + 1); at <= t; ++at) {
      if (at != t && !of.counted(at)) continue;
      factors += quiet.factor[of.weekday(at)] * of.arrived(at);
      if (of.counted(at)) count += of.counts[at];
      if (at != t && of.counted(at)) before += of.counts[at];
    }
    const auto mean = quiet.level * factors;
    auto phi = quiet.phi + mean / (quiet.level * quiet.days);
    if (phi <= poisson_below) phi = 1;
    const window_chance one{count, mean, overdispersed_upper(count, mean, phi)};
    const auto fires_above = std::max(overdispersed_quantile(1 - by.alpha, mean, phi), by.min_count - 1);
    quietest = std::min(quietest, fires_above - before);
    if (one.count >= by.min_count && one.p < smallest) {
      smallest = one.p;
      out.speaking = out.windows.size();
    }
    out.windows.push_back(one);
  }
  out.told.expected = quiet.level * out.weekday_factor * of.arrived(t);
  out.told.bound = std::max(quietest, -1.0);
  if (!of.counted(t)) return out;
  double least = 1;
  for (const auto& one : out.windows) least = std::min(least, one.p);
  out.told.score = least;
  out.told.alarm = smallest < by.alpha;
  return out;
}

} // namespace forewarn::detectors
