// SPDX-License-Identifier: Apache-2.0
// Mean and variance of a stretch of counts (variance by n - 1), in two passes, and how to slide them along a series.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace forewarn::detectors {

struct moments {
  double n = 0;
  double mean = 0;
  double variance = 0; // 0 for fewer than two

  [[nodiscard]] double sd() const { return std::sqrt(variance); }
};

[[nodiscard]] inline moments moments_of(std::span<const double> values) {
  moments out;
  for (const auto value : values)
    if (!std::isnan(value)) {
      out.n += 1;
      out.mean += value;
    }
  if (out.n == 0) return out;
  out.mean /= out.n;
  double squares = 0;
  for (const auto value : values)
    if (!std::isnan(value)) squares += (value - out.mean) * (value - out.mean);
  if (out.n > 1) out.variance = squares / (out.n - 1);
  return out;
}

// Moments of a window that moves forward: exact while the sums are whole numbers that a double holds, else each window
// is summed anew. Costs two additions a step where counts are counts.
class sliding_moments {
public:
  sliding_moments(std::span<const double> all, std::size_t width) : all_{all}, width_{width} {}

  // Of the `width` values before `end`; a window may only lie after the one asked for last.
  [[nodiscard]] moments before(std::size_t end) {
    const auto from = end - width_;
    if (end_ == 0 || from >= end_) restart(from);
    auto sums = sums_; // in registers, and not each step in memory
    const auto* values = all_.data();
    for (; end_ < end; ++end_) sums.add(values[end_], 1);
    for (; from_ < from; ++from_) sums.add(values[from_], -1);
    sums_ = sums;
    constexpr double exact = 9007199254740992.0; // 2^53
    const auto n = sums.n, sum = sums.sum;
    if (sums.odd > 0 || n * sums.squares >= exact || sum * sum >= exact) return moments_of(all_.subspan(from, width_));
    if (n == 0) return {};
    const auto spread = n * sums.squares - sum * sum;
    return {n, sum / n, n > 1 ? spread / (n * (n - 1)) : 0};
  }

private:
  struct running {
    double n = 0, sum = 0, squares = 0;
    double odd = 0; // values in the window that are no small whole numbers

    void add(double value, double sign) {
      if (std::isnan(value)) return;
      constexpr double largest = 1e6; // its square, a thousand times, is still exact
      if (std::abs(value) > largest || value != static_cast<double>(static_cast<std::int32_t>(value))) {
        odd += sign;
        return;
      }
      n += sign;
      sum += sign * value;
      squares += sign * value * value;
    }
  };

  void restart(std::size_t from) {
    from_ = end_ = from;
    sums_ = {};
  }

  std::span<const double> all_;
  std::size_t width_;
  std::size_t from_ = 0, end_ = 0;
  running sums_;
};

} // namespace forewarn::detectors
