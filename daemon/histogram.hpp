// SPDX-License-Identifier: Apache-2.0
// How often something took how long, in steps that Prometheus reads: each bound counts what was at most that. Plain
// numbers; whoever shares one between threads guards it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace forewarn {

class histogram {
public:
  // `bounds` in seconds, rising.
  explicit histogram(std::vector<double> bounds) : bounds_{std::move(bounds)}, counts_(bounds_.size() + 1, 0) {}

  void observe(double seconds) {
    const auto at = std::lower_bound(bounds_.begin(), bounds_.end(), seconds) - bounds_.begin();
    ++counts_[static_cast<std::size_t>(at)];
    sum_ += seconds;
    ++count_;
  }
  void add(const histogram& more) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += more.counts_.at(i);
    sum_ += more.sum_;
    count_ += more.count_;
  }

  [[nodiscard]] const std::vector<double>& bounds() const noexcept { return bounds_; }
  // How many were at most the bound of this index, as Prometheus counts them.
  [[nodiscard]] std::uint64_t at_most(std::size_t index) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= index; ++i) sum += counts_.at(i);
    return sum;
  }
  [[nodiscard]] double sum() const noexcept { return sum_; }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_; // per step; the last one is above every bound
  double sum_ = 0;
  std::uint64_t count_ = 0;
};

// From a millisecond to an hour: a message's way.
inline histogram of_messages() {
  return histogram{{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600}};
}
// From a microsecond to a second: a computation.
inline histogram of_computing() {
  return histogram{{1e-6, 5e-6, 1e-5, 5e-5, 1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1, 1}};
}

} // namespace forewarn
