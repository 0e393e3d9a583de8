// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/cusum.hpp"

#include <algorithm>
#include <vector>

namespace forewarn::detectors {
namespace {

constexpr double third = 1.0 / 3, two_thirds = 2.0 / 3, sixth = 1.0 / 6;

double standardised(double y, double m, const cusum_options& by) {
  switch (by.transform) {
  case cusum_transform::none: return y;
  case cusum_transform::standard: return (y - m) / std::sqrt(m);
  case cusum_transform::rossi: return (y - 3 * m + 2 * std::sqrt(y * m)) / (2 * std::sqrt(m));
  case cusum_transform::anscombe: return 1.5 * (std::pow(y, two_thirds) - std::pow(m, two_thirds)) / std::pow(m, sixth);
  case cusum_transform::anscombe2nd:
    return (std::pow(y, two_thirds) - (std::pow(m, two_thirds) - std::pow(m, -third) / 9)) /
           (two_thirds * std::pow(m, sixth));
  case cusum_transform::pearson_nb: break;
  }
  return (y - m) / std::sqrt(m + by.dispersion * m * m);
}

// (2/3 m^(1/6) missing + middle)^(3/2)
double raised(double m, double missing, double middle) {
  const auto root = two_thirds * std::pow(m, sixth) * missing + middle;
  return root < 0 ? 0 : std::pow(root, 1.5);
}

} // namespace

double cusum_chart::bound(double m) const {
  const auto missing = by_.h + by_.k - sum_; // of s, to an alarm
  double out = 0;
  switch (by_.transform) {
  case cusum_transform::none: out = missing; break;
  case cusum_transform::standard: out = std::ceil(std::sqrt(m) * missing + m); break;
  case cusum_transform::rossi:
    out = 2 * missing * std::sqrt(m) + 5 * m - 2 * std::sqrt(4 * m * m + 2 * m * std::sqrt(m) * missing);
    break;
  case cusum_transform::anscombe: out = raised(m, missing, std::pow(m, two_thirds)); break;
  case cusum_transform::anscombe2nd: out = raised(m, missing, std::pow(m, two_thirds) - std::pow(m, third) / 9); break;
  case cusum_transform::pearson_nb: out = std::sqrt(m + by_.dispersion * m * m) * missing + m; break;
  }
  return std::isnan(out) || out < 0 ? 0 : out;
}

verdict cusum_chart::next(double count, double mean) {
  verdict out;
  out.expected = mean;
  out.bound = number_or_nothing(bound(mean));
  const auto standing = sum_ + standardised(count, mean, by_) - by_.k;
  sum_ = std::clamp(standing, 0.0, std::numeric_limits<double>::max());
  if (by_.transform == cusum_transform::none) out.bound = std::max(by_.h - sum_, 0.0); // as the package tells it: after
  out.score = sum_;
  out.alarm = sum_ >= by_.h;
  return out;
}

double poisson_cusum_run_length(double h, double reference, double mean) {
  // In steps of 1/2: the sums below h are the states; run lengths L = 1 + P L.
  const auto states = static_cast<std::size_t>(std::llround(2 * h));
  const auto down = std::llround(2 * reference);
  std::vector<std::vector<double>> row(states, std::vector<double>(states + 1, 0)); // (I - P) L = 1
  for (std::size_t i = 0; i < states; ++i) {
    row[i][i] += 1;
    row[i][states] = 1;
    double chance = std::exp(-mean);
    for (long long count = 0;; ++count) {
      const auto to = std::max(0LL, static_cast<long long>(i) + 2 * count - down);
      if (to >= static_cast<long long>(states)) break;
      row[i][static_cast<std::size_t>(to)] -= chance;
      chance *= mean / static_cast<double>(count + 1);
    }
  }
  // From the highest sum down, so that what is left at the end is the run from nothing. No pivots: rows of a chain that
  // leaves its states dominate their own diagonal.
  for (auto k = states; k-- > 1;)
    for (std::size_t i = 0; i < k; ++i) {
      const auto factor = row[i][k] / row[k][k];
      for (std::size_t j = 0; j <= states; ++j) row[i][j] -= factor * row[k][j];
    }
  return row[0][states] / row[0][0];
}

} // namespace forewarn::detectors
