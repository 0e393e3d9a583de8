// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/dice.hpp"

#include <cmath>
#include <numeric>

namespace forewarn::simulate {
namespace {

// FNV-1a, so that the streams' names spread over all seeds.
std::uint64_t mixed(std::uint64_t seed, std::string_view concern) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const char c : concern) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

} // namespace

dice::dice(std::uint64_t seed, std::string_view concern) : numbers_{mixed(seed, concern)} {}

std::size_t dice::below(std::size_t limit) {
  return static_cast<std::size_t>(numbers_() % limit);
}

int dice::between(int low, int high) {
  return low + static_cast<int>(below(static_cast<std::size_t>(high - low + 1)));
}

double dice::fraction() {
  return static_cast<double>(numbers_() >> 11U) * 0x1.0p-53;
}

// Knuth's product method in steps of at most 500, where the exponential is still far from underflow.
int dice::poisson(double mean) {
  int count = 0;
  for (double left = mean; left > 0; left -= 500.0) {
    const double floor = std::exp(-std::min(left, 500.0));
    for (double product = fraction(); product > floor; product *= fraction()) ++count;
  }
  return count;
}

std::size_t dice::weighted(std::span<const double> weights) {
  double left = fraction() * std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    if (left < weights[i]) return i;
    left -= weights[i];
  }
  return weights.size() - 1;
}

} // namespace forewarn::simulate
