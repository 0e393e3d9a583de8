// SPDX-License-Identifier: Apache-2.0
// Mean and variance of a stretch of counts (variance by n - 1), in two passes, and how to slide them along a series.
#pragma once

#include <cmath>
#include <cstddef>
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
    for (; end_ < end; ++end_) add(all_[end_], 1);
    for (; from_ < from; ++from_) add(all_[from_], -1);
    constexpr double exact = 9007199254740992.0; // 2^53
    if (odd_ > 0 || n_ * squares_ >= exact || sum_ * sum_ >= exact) return moments_of(all_.subspan(from, width_));
    if (n_ == 0) return {};
    const auto spread = n_ * squares_ - sum_ * sum_;
    return {n_, sum_ / n_, n_ > 1 ? spread / (n_ * (n_ - 1)) : 0};
  }

private:
  void restart(std::size_t from) {
    from_ = end_ = from;
    n_ = sum_ = squares_ = 0;
    odd_ = 0;
  }

  void add(double value, int sign) {
    if (std::isnan(value)) return;
    constexpr double largest = 1e6; // its square, a thousand times, is still exact
    if (value != std::floor(value) || value > largest) {
      odd_ += sign;
      return;
    }
    n_ += sign;
    sum_ += sign * value;
    squares_ += sign * value * value;
  }

  std::span<const double> all_;
  std::size_t width_;
  std::size_t from_ = 0, end_ = 0;
  double n_ = 0, sum_ = 0, squares_ = 0;
  int odd_ = 0; // values in the window that are no small whole numbers
};

} // namespace forewarn::detectors
