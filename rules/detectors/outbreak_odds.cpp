// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/outbreak_odds.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace forewarn::detectors {
namespace {

constexpr std::size_t looked_back = 10;
constexpr std::size_t points = 3;
constexpr std::array<double, points> at_z{-1.7320508075688772, 0, 1.7320508075688772}, weight_z{1.0 / 6, 2.0 / 3, 1.0 / 6};
constexpr std::array<double, 3> strengths{2, 4, 6};
constexpr std::array<std::size_t, 5> lengths{1, 2, 3, 5, 7};
constexpr std::array<std::size_t, 5> ramp_elapsed{2, 4, 6, 8, 10};

// log f(y; m + x) - log f(y; m)
double log_ratio(int family, double y, double m, double x, double phi) {
  if (phi <= 1 + 1e-9) return (y > 0 ? y * std::log1p(x / m) : 0) - x;
  if (family == 0) return ((y > 0 ? y * std::log1p(x / m) : 0) - x) / phi;
  const auto r = m / (phi - 1);
  if (family == 2) return (y > 0 ? y * std::log1p(x / m) : 0) - (y + r) * std::log((r + m + x) / (r + m));
  const auto more = x / (phi - 1);
  double product = 1, logs = 0;
  if (y > 200) {
    logs = std::lgamma(y + r + more) - std::lgamma(r + more) - std::lgamma(y + r) + std::lgamma(r);
  } else
    for (double i = 0; i < y; ++i) {
      product *= (r + more + i) / (r + i);
      if (product > 1e200) { logs += std::log(product); product = 1; }
    }
  return logs + std::log(product) - more * std::log(phi);
}

double log_density(int family, double y, double m, double phi) { // up to a constant in y
  if (phi <= 1 + 1e-9) return (y > 0 ? y * std::log(m) : 0) - m;
  if (family == 0) return ((y > 0 ? y * std::log(m) : 0) - m) / phi;
  const auto r = m / (phi - 1);
  if (y > 200) return std::lgamma(y + r) - std::lgamma(r) - r * std::log(phi);
  double product = 1, logs = 0;
  for (double i = 0; i < y; ++i) {
    product *= r + i;
    if (product > 1e200) { logs += std::log(product); product = 1; }
  }
  return logs + std::log(product) - r * std::log(phi);
}

} // namespace

outbreak_odds::outbreak_odds(odds_options by) : by_{std::move(by)} {}

double outbreak_odds::view(std::size_t t) const {
  if (!has_view_) return 1;
  const auto time = static_cast<double>(t) / 365.25, angle = 2 * std::numbers::pi * time;
  return std::exp(long_view_[0] + long_view_[1] * time + long_view_[2] * std::cos(angle) + long_view_[3] * std::sin(angle));
}

// Poisson, by weeks, Newton from a flat start.
void outbreak_odds::fit(const series& of, std::size_t t) {
  const auto to = t / 28 * 28;
  if (to == fitted_for_) return;
  fitted_for_ = to;
  has_view_ = false;
  if (!by_.season || to < 730 + by_.quiet.guard) return;
  const auto end = to - by_.quiet.guard;
  const auto begin = end - std::min<std::size_t>(end, 1826);
  std::vector<std::array<double, 4>> rows;
  std::vector<double> sums, days;
  double all = 0, n = 0;
  for (auto w = begin; w + 7 <= end; w += 7) {
    double sum = 0, counted = 0;
    for (auto at = w; at < w + 7; ++at)
      if (of.counted(at)) { sum += of.counts[at]; counted += 1; }
    if (counted < 1) continue;
    const auto time = (static_cast<double>(w) + 3) / 365.25, angle = 2 * std::numbers::pi * time;
    rows.push_back({1, time, std::cos(angle), std::sin(angle)});
    sums.push_back(sum);
    days.push_back(counted);
    all += sum;
    n += counted;
  }
  if (all < 20) return;
  std::array<double, 4> beta{std::log(all / n), 0, 0, 0};
  // a weak prior draws trend and waves to none: sd 0.3 a year, 0.5
  constexpr std::array<double, 4> precision{0, 11, 4, 4};
  for (int round = 0; round < 20; ++round) {
    double h[4][5] = {};
    for (std::size_t i = 0; i < 4; ++i) { h[i][i] += precision[i]; h[i][4] -= precision[i] * beta[i]; }
    for (std::size_t k = 0; k < rows.size(); ++k) {
      double eta = 0;
      for (std::size_t i = 0; i < 4; ++i) eta += rows[k][i] * beta[i];
      const auto mu = days[k] * std::exp(std::min(eta, 50.0));
      for (std::size_t i = 0; i < 4; ++i) {
        h[i][4] += rows[k][i] * (sums[k] - mu);
        for (std::size_t j = 0; j < 4; ++j) h[i][j] += mu * rows[k][i] * rows[k][j];
      }
    }
    for (std::size_t c = 0; c < 4; ++c)
      for (std::size_t r = 0; r < 4; ++r) {
        if (r == c) continue;
        const auto f = h[r][c] / h[c][c];
        for (std::size_t j = c; j < 5; ++j) h[r][j] -= f * h[c][j];
      }
    double moved = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto step = std::clamp(h[i][4] / h[i][i], -1.0, 1.0);
      beta[i] += step;
      moved = std::max(moved, std::abs(step));
    }
    if (moved < 1e-6) break;
  }
  long_view_ = beta;
  has_view_ = true;
}

std::optional<odds_verdict> outbreak_odds::judge(const series& of, std::size_t t) {
  if (t < by_.history()) return {};
  const auto quiet = quiet_before(of, by_.quiet, t);
  if (!quiet) return {};
  fit(of, t);
  odds_verdict out;
  const auto today_view = view(t);
  double level = quiet->level, error = 0;
  const auto first = t - by_.quiet.guard - by_.quiet.baseline;
  if (has_view_) {
    double expected = 0, sum = 0;
    for (auto at = first; at < t - by_.quiet.guard; ++at)
      if (of.counted(at)) { expected += view(at); sum += of.counts[at]; }
    level = (sum + by_.season_prior) / (expected + by_.season_prior) * today_view;
    error = std::sqrt(quiet->phi / (std::min(sum, expected) + by_.season_prior + 0.5));
  } else {
    error = std::sqrt(quiet->phi / (quiet->level * quiet->days));
  }
  error *= by_.level_se;
  if (!by_.oracle.empty()) { level = by_.oracle[t]; error = 0; }
  out.level = level;
  out.phi = quiet->phi;
  const auto phi = quiet->phi;
  const auto family = by_.family;

  // Days from today (0) backwards.
  std::array<double, looked_back> y{}, m{};
  std::array<bool, looked_back> there{};
  const auto seen = std::min<std::size_t>(looked_back, t + 1);
  double recent = 0;
  for (std::size_t d = 0; d < seen; ++d) {
    const auto at = t - d;
    const auto share = of.share_known(at);
    there[d] = of.counted(at);
    y[d] = there[d] ? of.counts[at] : 0;
    m[d] = (by_.oracle.empty() ? level * (has_view_ ? view(at) / today_view : 1) * quiet->factor[of.weekday(at)] : by_.oracle[at]) * share;
    m[d] = std::max(m[d], 1e-9);
    if (d < 7) recent += m[d] / share;
  }
  recent /= static_cast<double>(std::min<std::size_t>(seen, 7));
  double top = 0, bottom = 0, offset = 0;
  for (std::size_t k = 0; k < points; ++k) {
    const auto by = std::exp(at_z[k] * error);
    double null = 0;
    for (std::size_t d = 0; d < seen; ++d)
      if (there[d]) null += log_density(family, y[d], m[d] * by, phi);
    if (k == 0) offset = null;
    const auto weight = weight_z[k] * std::exp(null - offset);
    double sum = 0, hypotheses = 0;
    for (const auto strength : {by_.p1, by_.p2, by_.p3}) {
      for (const auto length : lengths) {
        const auto lasts = static_cast<double>(length);
        const auto more = (strength * std::sqrt(lasts * phi * recent) + by_.p4) / lasts;
        double logs = 0;
        for (std::size_t d = 0; d < std::min(length, seen); ++d) {
          if (there[d]) logs += log_ratio(family, y[d], m[d] * by, more * of.share_known(t - d), phi);
          sum += std::exp(logs) / lasts;
        }
        hypotheses += 1;
      }
      const auto size = strength * std::sqrt(10 * phi * recent) + by_.p4;
      for (const auto elapsed : ramp_elapsed) {
        double logs = 0;
        for (std::size_t d = 0; d < std::min(elapsed, seen); ++d)
          if (there[d])
            logs += log_ratio(family, y[d], m[d] * by, size * static_cast<double>(elapsed - d) / 55 * of.share_known(t - d), phi);
        sum += std::exp(logs) * by_.ramp;
        hypotheses += by_.ramp;
      }
    }
    top += weight * sum / hypotheses;
    bottom += weight;
  }
  const auto ratio = top / bottom;
  out.told.expected = m[0];
  if (!of.counted(t)) return out;
  out.told.score = ratio > 1 ? 1 / ratio : 1;
  out.told.alarm = *out.told.score < by_.alpha;
  // experiment: keep the raw
  out.level = ratio;
  return out;
}

} // namespace forewarn::detectors
