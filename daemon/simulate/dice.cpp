// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/dice.hpp"

#include <algorithm>
#include <numeric>

namespace forewarn::simulate {
namespace {

std::uint64_t scrambled(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

// FNV-1a, so that the streams' names spread over all seeds.
std::uint64_t mixed(std::uint64_t seed, std::string_view concern, std::uint64_t number) {
  std::uint64_t hash = 14695981039346656037ULL ^ scrambled(seed);
  for (const char c : concern) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return scrambled(hash + scrambled(number + 1));
}

} // namespace

dice::dice(std::uint64_t seed, std::string_view concern, std::uint64_t number) : state_{mixed(seed, concern, number)} {}

std::uint64_t dice::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  return scrambled(state_);
}

std::size_t dice::below(std::size_t limit) {
  return static_cast<std::size_t>(next() % limit);
}

int dice::between(int low, int high) {
  return low + static_cast<int>(below(static_cast<std::size_t>(high) - static_cast<std::size_t>(low) + 1));
}

double dice::fraction() {
  return static_cast<double>(next() >> 11U) * 0x1.0p-53;
}

// Knuth's product method in steps of at most 500, where the exponential is still far from underflow.
int dice::poisson(double mean) {
  int count = 0;
  for (double left = mean; left > 0; left -= 500.0) {
    const double floor = exponential(-std::min(left, 500.0));
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

wheel::wheel(std::span<const double> weights) : edges_(weights.size()) {
  std::partial_sum(weights.begin(), weights.end(), edges_.begin());
}

std::size_t wheel::draw(dice& luck) const {
  const double at = luck.fraction() * total();
  const auto found = std::upper_bound(edges_.begin(), edges_.end(), at);
  return std::min(static_cast<std::size_t>(found - edges_.begin()), edges_.size() - 1);
}

// The series at x / 1024, squared ten times. One operation to a statement: a compiler may fuse what stands together.
double exponential(double x) {
  const double part = x / 1024;
  double term = 1;
  double sum = 1;
  for (int k = 1; k < 16; ++k) {
    term *= part;
    term /= k;
    sum += term;
  }
  for (int i = 0; i < 10; ++i) sum *= sum;
  return sum;
}

} // namespace forewarn::simulate
