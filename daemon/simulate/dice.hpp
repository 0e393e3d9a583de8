// SPDX-License-Identifier: Apache-2.0
// Chance by seed: the same numbers on every machine and every library, which the standard's distributions do not
// promise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <vector>

namespace forewarn::simulate {

class dice {
public:
  // One seed gives independent streams, one per concern, so that more of one thing never shifts another.
  dice(std::uint64_t seed, std::string_view concern);

  [[nodiscard]] std::size_t below(std::size_t limit); // limit > 0
  [[nodiscard]] int between(int low, int high);       // both included
  [[nodiscard]] double fraction();                    // [0, 1)
  [[nodiscard]] bool chance(double probability) { return fraction() < probability; }
  [[nodiscard]] int poisson(double mean);
  [[nodiscard]] std::size_t weighted(std::span<const double> weights); // an index; the weights' sum is positive

  template <class T> [[nodiscard]] const T& any_of(std::span<const T> items) { return items[below(items.size())]; }

  template <class T> void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

private:
  std::mt19937_64 numbers_;
};

} // namespace forewarn::simulate
