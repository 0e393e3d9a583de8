// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/quiet_times.hpp"

#include <algorithm>

namespace forewarn::detectors {
namespace {

constexpr std::size_t eight_weeks = 56;

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
void calibrate(const series& of, const quiet_options& by, std::size_t from, std::size_t to, quiet_times& out) {
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

std::optional<quiet_times> quiet_before(const series& of, const quiet_options& by, std::size_t t) {
  const auto to = t - by.guard;
  quiet_times out;
  const auto level = level_of(of, to - by.baseline, to, out.days);
  if (!level) return {};
  out.level = *level;
  calibrate(of, by, to - std::min(to, by.calibration), to, out);
  return out;
}

} // namespace forewarn::detectors
