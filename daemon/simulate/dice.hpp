// SPDX-License-Identifier: Apache-2.0
// Chance by seed: the same numbers on every machine and with every library, which neither the standard's distributions
// nor a mathematical library's last digit promise. No time, no entropy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace forewarn::simulate {

// SplitMix64 (Steele, Lea and Flood 2014): a stream costs nothing to begin, so that each incident may have its own.
class dice {
public:
  // One seed gives independent streams, one per concern and number, so that more of one thing never shifts another.
  explicit dice(std::uint64_t seed, std::string_view concern = {}, std::uint64_t number = 0);

  [[nodiscard]] std::uint64_t next();
  [[nodiscard]] std::size_t below(std::size_t limit); // limit > 0
  [[nodiscard]] int between(int low, int high);       // both included
  [[nodiscard]] double fraction();                    // [0, 1)
  [[nodiscard]] bool chance(double probability) { return fraction() < probability; }
  [[nodiscard]] int poisson(double mean);
  [[nodiscard]] std::size_t weighted(std::span<const double> weights); // an index; the weights' sum is positive

  template <class T> [[nodiscard]] const T& any_of(std::span<const T> items) { return items[below(items.size())]; }
  template <class T> [[nodiscard]] const T& any_of(const std::vector<T>& items) { return items[below(items.size())]; }

private:
  std::uint64_t state_;
};

// Draws an index by weight in logarithmic time: for the thousands of wards of a nation.
class wheel {
public:
  wheel() = default;
  explicit wheel(std::span<const double> weights);
  [[nodiscard]] std::size_t draw(dice& luck) const;
  [[nodiscard]] double total() const { return edges_.empty() ? 0 : edges_.back(); }

private:
  std::vector<double> edges_;
};

// e to the power x, for x up to 500 either way; accurate to about 12 digits, and the same everywhere.
[[nodiscard]] double exponential(double x);

} // namespace forewarn::simulate
