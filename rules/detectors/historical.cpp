// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/historical.hpp"

#include "rules/detectors/distributions.hpp"
#include "rules/detectors/moments.hpp"

#include <algorithm>
#include <array>

namespace forewarn::detectors {
namespace {

// Limits of the RKI's rule for a mean of 0 to 20.
constexpr std::array rki_limit{3.285,  5.323,  6.686,  8.102,  9.598,  11.177, 12.817, 13.765, 14.921, 16.768, 17.633,
                               19.050, 20.335, 21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017};

constexpr std::size_t year_of_weeks = 52; // the CDC's rule knows no other

// A sum of four weeks; nothing where one of them was not counted.
std::optional<double> four_weeks(const series& of, std::size_t last) {
  double sum = 0;
  for (auto at = last - 3; at <= last; ++at) {
    if (!of.counted(at)) return {};
    sum += of.counts[at];
  }
  return sum;
}

verdict cdc(const series& of, const historical_options& by, std::size_t t) {
  std::vector<double> sums;
  const auto side = static_cast<std::ptrdiff_t>(4 * by.months);
  for (auto year = by.years; year >= 1; --year)
    for (auto shift = -side; shift <= side; shift += 4)
      if (const auto sum = four_weeks(of, t - year_of_weeks * year + static_cast<std::size_t>(shift)))
        sums.push_back(*sum);
  if (sums.size() < 2) return {};
  const auto past = moments_of(sums);
  verdict out;
  out.expected = past.mean;
  out.bound = past.mean + normal_quantile(1 - by.alpha / 2) * past.sd() * std::sqrt(1 + 1 / past.n);
  if (const auto now = four_weeks(of, t)) {
    out.score = *now;
    out.alarm = *now > *out.bound;
  }
  return out;
}

std::vector<double> same_weeks(const series& of, const historical_options& by, std::size_t t) {
  std::vector<double> out;
  if (by.this_year) out = counted_in(of, t - by.half_window, t);
  for (std::size_t year = 1; year <= by.years; ++year) {
    const auto middle = t - year * by.frequency;
    const auto alike = counted_in(of, middle - by.half_window, middle + by.half_window + 1);
    out.insert(out.end(), alike.begin(), alike.end());
  }
  return out;
}

verdict against_same_weeks(const series& of, const historical_options& by, std::size_t t) {
  const auto past = moments_of(same_weeks(of, by, t));
  if (past.n < 1) return {};
  verdict out;
  out.score = out.expected = past.mean;
  if (by.method == historical_method::bayes)
    out.bound = nb_quantile(1 - by.alpha, past.n * past.mean + 0.5, past.n / (past.n + 1));
  else if (past.mean > 20)
    out.bound = past.mean + 2 * past.sd();
  else
    out.bound = rki_limit.at(static_cast<std::size_t>(past.mean));
  if (of.counted(t)) out.alarm = of.counts[t] > *out.bound;
  return out;
}

// log of the statistic, of which large series make more than a double holds.
double log_outbreak_p(const std::vector<double>& counts) {
  struct block {
    double mean, periods;
  };
  std::vector<block> rising; // pool adjacent violators
  double sum = 0;
  for (const auto count : counts) {
    sum += count;
    rising.push_back({count, 1});
    while (rising.size() > 1 && rising.back().mean <= rising[rising.size() - 2].mean) {
      const auto last = rising.back();
      rising.pop_back();
      auto& before = rising.back();
      before.mean = (last.mean * last.periods + before.mean * before.periods) / (last.periods + before.periods);
      before.periods += last.periods;
    }
  }
  if (sum <= 0) return 0;
  const auto mean = sum / static_cast<double>(counts.size());
  double out = 0;
  for (const auto& one : rising)
    if (one.mean > 0) out += one.mean * one.periods * std::log(one.mean / mean);
  return out;
}

verdict judge_outbreak_p(const series& of, const historical_options& by, std::size_t t) {
  auto counts = counted_in(of, 0, t + 1);
  if (!of.counted(t)) return {};
  const auto mean = moments_of(counts).mean;
  verdict out;
  out.expected = mean;
  out.score = outbreak_p(counts);
  out.alarm = *out.score > by.limit;
  const auto limit = std::log(by.limit);
  const auto fires = [&](double count) {
    counts.back() = count;
    return log_outbreak_p(counts) > limit;
  };
  constexpr double most = 100'000;
  if (fires(0) || !fires(most)) return out;
  double low = 0, high = most;
  while (high - low > 1) {
    const auto middle = std::floor((low + high) / 2);
    (fires(middle) ? high : low) = middle;
  }
  out.bound = high;
  return out;
}

} // namespace

std::size_t historical_options::history() const {
  switch (method) {
  case historical_method::cdc: return year_of_weeks * years + 4 * months + 3;
  case historical_method::outbreak_p: return 1;
  case historical_method::bayes:
  case historical_method::rki: break;
  }
  return years * frequency + half_window;
}

verdict historical(const series& of, const historical_options& by, std::size_t t) {
  if (t < by.history()) return {};
  switch (by.method) {
  case historical_method::cdc: return cdc(of, by, t);
  case historical_method::outbreak_p: return judge_outbreak_p(of, by, t);
  case historical_method::bayes:
  case historical_method::rki: break;
  }
  return against_same_weeks(of, by, t);
}

double outbreak_p(const std::vector<double>& counts) {
  return std::min(std::exp(log_outbreak_p(counts)), std::numeric_limits<double>::max());
}

} // namespace forewarn::detectors
