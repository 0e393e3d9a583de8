// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/outbreak_odds.hpp"

#include <algorithm>
#include <array>

namespace forewarn::detectors {
namespace {

constexpr std::size_t looked_back = 10; // days
constexpr std::size_t a_week = 7;
constexpr std::size_t points = 3; // of the level: Gauss and Hermite's
constexpr std::array<double, points> point_z{-1.7320508075688772, 0, 1.7320508075688772};
constexpr std::array<double, points> point_weight{1.0 / 6, 2.0 / 3, 1.0 / 6};
constexpr std::array<std::size_t, 5> lengths{1, 2, 3, 5, 7};
constexpr std::array<std::size_t, 5> days_into_ramp{2, 4, 6, 8, 10};
constexpr std::array<double, 3> strengths{2, 4, 6}; // standard deviations of as many quiet days
constexpr double added = 2;                         // cases
constexpr double ramp_weight = 0.5;
constexpr double ramp_shares = 55; // 1 + 2 + ... + 10
constexpr double poisson_below = 1 + 1e-9;
constexpr double vast = 1e280;       // beyond, one more factor might leave the numbers
constexpr double by_factors = 60;    // up to that count, factors are quicker than logarithms
constexpr double most_cases = 1e13;  // no bound is looked for above
constexpr double widest_error = 1.5; // of log(level)

struct day {
  double count = 0, mean = 0, known = 1;
  bool counted = false;
};

// What is expected, and what was seen, from today backwards.
struct last_days {
  std::array<day, looked_back> days{};
  double usual = 0; // mean of a day of the last week
  double error = 0; // of log(level)
  double phi = 1;
};

// How much likelier `count` is with `more` cases expected than with `mean` alone, and its own likelihood up to a factor
// that hangs on the count alone.
class scatter {
public:
  explicit scatter(double phi) : phi_{phi}, fade_{phi > poisson_below ? std::log(phi) / (phi - 1) : 1} {}

  [[nodiscard]] double ratio(double count, double mean, double more) const {
    const auto fades = fade_ * more;
    if (count > by_factors) return std::exp(std::clamp(log_rise(count, mean, more) - fades, -600.0, 600.0));
    double out = 1;
    if (phi_ <= poisson_below) {
      const auto factor = 1 + more / mean;
      for (double i = 0; i < count && out < vast; ++i) out *= factor;
    } else {
      const auto size = mean / (phi_ - 1), grown = (mean + more) / (phi_ - 1);
      for (double i = 0; i < count && out < vast; ++i) out *= (grown + i) / (size + i);
    }
    return std::min(out, vast) * std::exp(-fades);
  }

  [[nodiscard]] double log_likelihood(double count, double mean) const {
    if (phi_ <= poisson_below) return count * std::log(mean) - mean;
    const auto size = mean / (phi_ - 1);
    double out = -size * std::log(phi_);
    if (count > by_factors) return out + std::lgamma(size + count) - std::lgamma(size);
    for (double i = 0; i < count; ++i) out += std::log(size + i);
    return out;
  }

private:
  [[nodiscard]] double log_rise(double count, double mean, double more) const {
    if (phi_ <= poisson_below) return count * std::log1p(more / mean);
    const auto size = mean / (phi_ - 1), grown = (mean + more) / (phi_ - 1);
    return std::lgamma(grown + count) - std::lgamma(grown) - std::lgamma(size + count) + std::lgamma(size);
  }

  double phi_, fade_;
};

// Outbreaks that add as much to today, however long ago they began: their weight times what they make of the days
// before, at each point of the level.
struct alike_today {
  double more = 0;
  std::array<double, points> before{};
};

struct yesterday_and_before {
  std::vector<alike_today> outbreaks; // weights add up to 1
  std::array<double, points> level{}; // factor of each point
  std::array<double, points> quiet{}; // log-likelihood of the days before today, if nothing happened
};

yesterday_and_before weigh(const last_days& of, const scatter& by) {
  yesterday_and_before out;
  for (std::size_t k = 0; k < points; ++k) {
    out.level[k] = std::exp(point_z[k] * of.error);
    for (std::size_t d = 1; d < looked_back; ++d)
      if (of.days[d].counted) out.quiet[k] += by.log_likelihood(of.days[d].count, of.days[d].mean * out.level[k]);
  }
  const auto factor = [&](std::size_t d, std::size_t k, double more) {
    const auto& one = of.days[d];
    return one.counted ? by.ratio(one.count, one.mean * out.level[k], more * one.known) : 1;
  };
  const auto kinds = static_cast<double>(lengths.size()) + static_cast<double>(days_into_ramp.size()) * ramp_weight;
  const auto weight = 1 / (kinds * static_cast<double>(strengths.size()));
  for (const auto strength : strengths) {
    for (const auto length : lengths) {
      const auto lasts = static_cast<double>(length);
      auto& plateau = out.outbreaks.emplace_back();
      plateau.more = (strength * std::sqrt(lasts * of.phi * of.usual) + added) / lasts;
      for (std::size_t k = 0; k < points; ++k) {
        double so_far = weight / lasts;
        plateau.before[k] = so_far;
        for (std::size_t d = 1; d < length; ++d) {
          so_far = std::min(so_far * factor(d, k, plateau.more), vast);
          plateau.before[k] += so_far;
        }
      }
    }
    const auto size = strength * std::sqrt(looked_back * of.phi * of.usual) + added;
    for (const auto into : days_into_ramp) {
      auto& ramp = out.outbreaks.emplace_back();
      ramp.more = size * static_cast<double>(into) / ramp_shares;
      for (std::size_t k = 0; k < points; ++k) {
        double so_far = weight * ramp_weight;
        for (std::size_t d = 1; d < into; ++d)
          so_far = std::min(so_far * factor(d, k, size * static_cast<double>(into - d) / ramp_shares), vast);
        ramp.before[k] = so_far;
      }
    }
  }
  return out;
}

// If today had `count` cases.
double odds_at(double count, const last_days& of, const yesterday_and_before& before, const scatter& by) {
  std::array<double, points> quiet = before.quiet, top{};
  const auto& today = of.days[0];
  for (std::size_t k = 0; k < points; ++k) {
    const auto mean = today.mean * before.level[k];
    quiet[k] += by.log_likelihood(count, mean);
    for (const auto& one : before.outbreaks)
      top[k] += std::min(one.before[k] * by.ratio(count, mean, one.more * today.known), vast);
  }
  const auto likeliest = *std::max_element(quiet.begin(), quiet.end());
  double over = 0, under = 0;
  for (std::size_t k = 0; k < points; ++k) {
    const auto weight = point_weight[k] * std::exp(quiet[k] - likeliest);
    over += weight * std::min(top[k], vast);
    under += weight;
  }
  return over / under;
}

// The largest count that leaves the odds at `least` or below; -1 where none does.
double quiet_up_to(double least, const last_days& of, const yesterday_and_before& before, const scatter& by) {
  const auto loud = [&](double count) { return odds_at(count, of, before, by) > least; };
  double low = -1, high = std::max(std::ceil(of.days[0].mean), 1.0);
  while (!loud(high)) {
    low = high;
    high *= 2;
    if (high > most_cases) return most_cases;
  }
  while (high - low > 1) {
    const auto middle = std::floor((low + high) / 2);
    (loud(middle) ? high : low) = middle;
  }
  return low;
}

} // namespace

std::optional<odds_verdict> outbreak_odds::judge(const series& of, std::size_t t) {
  if (t < by_.history()) return {};
  const auto quiet = quiet_before(of, by_.quiet, t);
  if (!quiet) return {};
  last_days last;
  last.phi = quiet->phi;
  auto level = quiet->level; // in cases a day, or times the long view
  const bool far = by_.season && view_.look(of, by_.quiet.guard, t);
  auto weighs = quiet->level * quiet->days; // cases behind the level
  if (far) {
    const auto to = t - by_.quiet.guard;
    double cases = 0, expected = 0;
    for (auto at = to - by_.quiet.baseline; at < to; ++at)
      if (of.counted(at)) {
        cases += of.counts[at];
        expected += view_.mean(of, at);
      }
    level = (cases + by_.season_prior + 0.5) / (expected + by_.season_prior + 0.5);
    weighs = expected + by_.season_prior + 0.5;
    last.phi = view_.phi();
  }
  last.error = std::min(std::sqrt(last.phi / weighs), widest_error);
  double week = 0, before_today = 0;
  for (std::size_t d = 0; d < std::min(looked_back, t + 1); ++d) {
    const auto at = t - d;
    auto& one = last.days[d];
    one.known = of.arrived(at);
    const auto usual = std::max(level * (far ? view_.mean(of, at) : 1) * quiet->factor[of.weekday(at)], 1e-9);
    one.mean = usual * one.known;
    one.counted = of.counted(at);
    one.count = one.counted ? of.counts[at] : 0;
    if (d >= a_week) continue;
    last.usual += usual / a_week;
    week += one.count;
    before_today += d > 0 ? one.count : 0;
  }
  const scatter by{last.phi};
  const auto before = weigh(last, by);
  odds_verdict out;
  out.told.expected = last.days[0].mean;
  if (by_.bounds)
    out.told.bound =
        std::max(quiet_up_to(1 / by_.alpha, last, before, by), std::max(by_.min_count - 1 - before_today, -1.0));
  if (!last.days[0].counted) return out;
  out.odds = odds_at(last.days[0].count, last, before, by);
  out.told.score = out.odds > 1 ? 1 / out.odds : 1;
  out.told.alarm =
      out.told.bound ? last.days[0].count > *out.told.bound : out.odds * by_.alpha > 1 && week >= by_.min_count;
  return out;
}

} // namespace forewarn::detectors
