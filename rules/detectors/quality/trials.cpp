// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/quality/trials.hpp"

#include <algorithm>
#include <array>
#include <numbers>
#include <random>

#include <fmt/format.h>

namespace forewarn::detectors {
namespace {

using dice = std::mt19937_64;

double poisson(dice& roll, double mean) {
  return mean > 0 ? static_cast<double>(std::poisson_distribution<long long>{mean}(roll)) : 0;
}

// Variance phi * mean.
double scattered(dice& roll, double mean, double phi) {
  if (phi <= 1) return poisson(roll, mean);
  return poisson(roll, std::gamma_distribution<double>{mean / (phi - 1), phi - 1}(roll));
}

std::size_t between(dice& roll, std::size_t least, std::size_t most) {
  return std::uniform_int_distribution<std::size_t>{least, most}(roll);
}

dice dice_for(const trial_plan& plan, std::size_t scenario, std::size_t replicate) {
  std::seed_seq all{static_cast<std::uint32_t>(plan.seed), static_cast<std::uint32_t>(plan.seed >> 32),
                    static_cast<std::uint32_t>(plan.design), static_cast<std::uint32_t>(scenario),
                    static_cast<std::uint32_t>(replicate)};
  return dice{all};
}

std::vector<trial_outbreak> span_of(const std::vector<double>& cases) {
  trial_outbreak out;
  for (std::size_t t = 0; t < cases.size(); ++t) {
    if (cases[t] <= 0) continue;
    if (out.cases == 0) out.first = t;
    out.last = t;
    out.cases += cases[t];
  }
  return out.cases > 0 ? std::vector{out} : std::vector<trial_outbreak>{};
}

// --- weekly ---

struct weekly_base {
  double theta, beta, cosine, sine, phi;
};
constexpr std::array<weekly_base, 7> weekly_bases{{{0.1, 0.0025, 0.6, 0.6, 1.5},
                                                   {-2, 0.005, 0.1, 0.3, 2},
                                                   {1.5, 0.003, 0.2, -0.4, 1},
                                                   {0.5, 0.002, 0.5, 0.5, 5},
                                                   {2.5, 0.001, 1, 0.1, 3},
                                                   {3.75, 0.001, 0.1, -0.1, 1.1},
                                                   {5, 0.0001, 0.05, 0.01, 1.2}}};
constexpr std::size_t weekly_scenarios = weekly_bases.size() * 6; // with or without trend; no, one or two waves a year
constexpr std::size_t weeks = 624, training = 312, tested = 49;

// Cases that each fall some weeks after the outbreak's first, log-normally, none after `last`.
std::vector<double> weekly_outbreak(dice& roll, std::size_t begins, double size, std::size_t last) {
  std::vector<double> out(weeks, 0);
  std::lognormal_distribution<double> later{0, 0.5};
  const auto cases = poisson(roll, size);
  for (double i = 0; i < cases; ++i)
    out[std::min(begins + static_cast<std::size_t>(std::floor(later(roll))), last)] += 1;
  return out;
}

// Four different weeks of the baseline.
std::array<std::size_t, 4> past_weeks(dice& roll) {
  std::array<std::size_t, 4> out{};
  for (std::size_t i = 0; i < out.size();) {
    out[i] = between(roll, training, weeks - tested - 1);
    if (std::find(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(i), out[i]) ==
        out.begin() + static_cast<std::ptrdiff_t>(i))
      ++i;
  }
  return out;
}

trial weekly_trial(const trial_plan& plan, std::size_t scenario, std::size_t replicate) {
  auto roll = dice_for(plan, scenario, replicate);
  const auto& base = weekly_bases[scenario / 6];
  const auto waves = scenario % 3;
  const bool trend = (scenario / 3) % 2 == 1;
  trial out;
  out.name = fmt::format("w{:02}-{:04}", scenario + 1, replicate + 1);
  std::vector<double> mean(weeks);
  for (std::size_t w = 0; w < weeks; ++w) {
    const auto t = static_cast<double>(w + 1);
    auto eta = base.theta + (trend ? base.beta * t : 0);
    for (std::size_t j = 1; j <= waves; ++j) {
      const auto angle = 2 * std::numbers::pi * static_cast<double>(j) * t / 52;
      eta += base.cosine * std::cos(angle) + base.sine * std::sin(angle);
    }
    mean[w] = std::exp(eta);
    out.quiet.push_back(scattered(roll, mean[w], base.phi));
  }
  constexpr std::array<double, 5> past_sizes{0, 2, 3, 5, 10};
  const auto past = past_sizes[replicate % 5];
  for (const auto week : past_weeks(roll)) {
    const auto added = weekly_outbreak(roll, week, past * std::sqrt(base.phi * mean[week]), weeks - tested - 1);
    for (std::size_t w = 0; w < weeks; ++w) out.quiet[w] += added[w];
  }
  const auto begins = between(roll, weeks - tested, weeks - 1);
  const auto size = static_cast<double>(replicate % 10 + 1);
  const auto added = weekly_outbreak(roll, begins, size * std::sqrt(base.phi * mean[begins]), weeks - 1);
  out.seen.counts = out.quiet;
  for (std::size_t w = 0; w < weeks; ++w) out.seen.counts[w] += added[w];
  out.outbreaks = span_of(added);
  out.from = weeks - tested;
  out.to = weeks - 1;
  out.mean = fmt::format("{:.3g}", std::exp(base.theta));
  out.kind = fmt::format("size {:g}", size);
  return out;
}

// --- daily ---

constexpr std::array<double, 5> daily_means{0.1, 0.3, 1, 2, 5};
constexpr std::array<double, 7> weekend{0.9, 0.85, 0.9, 0.95, 1.1, 1.25, 1.05};
constexpr std::size_t daily_scenarios = daily_means.size() * 2 * 2; // dispersion 1 or 1.5; flat or heavy weekends
constexpr std::size_t days = 1826, judged = 365;

// Two of them, unlabelled, as any past has them.
void add_past_outbreaks(dice& roll, const std::vector<double>& mean, double phi, std::vector<double>& counts) {
  for (int i = 0; i < 2; ++i) {
    const auto begins = between(roll, 99, days - judged - 60), length = between(roll, 2, 6);
    const auto lasts = static_cast<double>(length);
    for (std::size_t d = 0; d < length; ++d)
      counts[begins + d] += poisson(roll, (2 + 3 * std::sqrt(lasts * phi * mean[begins])) / lasts);
  }
}

std::vector<double> daily_outbreak(dice& roll, const std::vector<double>& mean, double phi, std::size_t replicate,
                                   std::string& kind) {
  constexpr std::array<double, 3> strengths{2, 4, 6};
  const auto strength = strengths[replicate / 3 % 3];
  const auto shape = replicate % 3;
  constexpr std::array names{"spike", "plateau", "ramp"};
  kind = names[shape];
  const auto length = shape == 0 ? between(roll, 1, 2) : shape == 1 ? between(roll, 3, 7) : 10;
  const auto begins = between(roll, days - judged + 5, days - 16);
  double sum = 0;
  for (std::size_t d = 0; d < length; ++d) sum += mean[begins + d];
  const auto lasts = static_cast<double>(length);
  const auto size = strength * std::sqrt(phi * sum) + 2;
  std::vector<double> out(days, 0);
  double cases = 0;
  for (std::size_t d = 0; d < length; ++d) {
    const auto share = shape == 2 ? static_cast<double>(d + 1) / (lasts * (lasts + 1) / 2) : 1 / lasts;
    cases += out[begins + d] = poisson(roll, size * share);
  }
  if (cases == 0) out[begins + length - 1] = 1;
  return out;
}

double part_of(dice& roll, double cases, double share) {
  return static_cast<double>(std::binomial_distribution<long long>{static_cast<long long>(cases), share}(roll));
}

trial daily_trial(const trial_plan& plan, std::size_t scenario, std::size_t replicate) {
  auto roll = dice_for(plan, scenario, replicate);
  const auto level = daily_means[scenario % 5];
  const auto phi = scenario / 5 % 2 == 0 ? 1 : 1.5;
  const bool heavy = scenario >= 10;
  trial out;
  out.name = fmt::format("d{:02}-{:04}", scenario + 1, replicate + 1);
  std::vector<double> mean(days);
  for (std::size_t t = 0; t < days; ++t) {
    const auto day = static_cast<double>(t + 1);
    mean[t] = level * (heavy ? weekend[t % 7] : 1) *
              std::exp(0.05 * day / 365 + 0.15 * std::cos(2 * std::numbers::pi * day / 365.25));
    out.quiet.push_back(scattered(roll, mean[t], phi));
  }
  add_past_outbreaks(roll, mean, phi, out.quiet);
  const auto added = daily_outbreak(roll, mean, phi, replicate, out.kind);
  out.seen.counts = out.quiet;
  for (std::size_t t = 0; t < days; ++t) out.seen.counts[t] += added[t];
  for (std::size_t t = 0; t < days; ++t) {
    const auto known = std::uniform_real_distribution<double>{0.4, 0.9}(roll);
    out.quiet_same_day.push_back(part_of(roll, out.quiet[t], known));
    out.same_day.push_back(out.quiet_same_day.back() + part_of(roll, added[t], known));
  }
  out.outbreaks = span_of(added);
  out.from = days - judged;
  out.to = days - 1;
  out.mean = fmt::format("{:g}", level);
  return out;
}

std::size_t scenarios_of(trial_design design) {
  return design == trial_design::daily ? daily_scenarios : weekly_scenarios;
}

} // namespace

double periods_a_year(trial_design design) {
  return design == trial_design::daily ? 365 : 52;
}

std::size_t trials_in(const trial_plan& plan) {
  const auto each = scenarios_of(plan.design);
  return (std::max<std::size_t>(plan.series, 1) + each - 1) / each * each;
}

trial make_trial(const trial_plan& plan, std::size_t i) {
  const auto all = scenarios_of(plan.design);
  // Each scenario begins its rounds of outbreak kinds elsewhere, so that few series hold many kinds too.
  const auto scenario = i % all, round = i / all + scenario;
  return plan.design == trial_design::daily ? daily_trial(plan, scenario, round) : weekly_trial(plan, scenario, round);
}

} // namespace forewarn::detectors
