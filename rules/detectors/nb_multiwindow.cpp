// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/nb_multiwindow.hpp"

#include "rules/detectors/distributions.hpp"

#include <algorithm>

namespace forewarn::detectors {
namespace {

constexpr double poisson_below = 1 + 1e-9; // a dispersion that near to 1 is none

} // namespace

std::optional<multiwindow_verdict> nb_multiwindow(const series& of, const multiwindow_options& by, std::size_t t) {
  if (t < by.history()) return {};
  const auto found = quiet_before(of, by.quiet(), t);
  if (!found) return {};
  const auto& quiet = *found;

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
