// SPDX-License-Identifier: Apache-2.0
#include "rules/chance.hpp"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/poisson.hpp>

namespace forewarn::rules {
namespace {

constexpr std::size_t most_known = 4'096; // pasts that one rule remembers bounds for

} // namespace

double chance_of(chance_model model, double count, double past, double windows) {
  const auto least = std::ceil(count);
  if (least <= 0) return 1;
  if (model == chance_model::gamma_poisson) {
    const boost::math::negative_binomial next{past + 0.5, windows / (windows + 1)};
    return cdf(complement(next, least - 1));
  }
  if (past <= 0) return 0; // a mean of 0 gives nothing, ever
  return cdf(complement(boost::math::poisson{past / windows}, least - 1));
}

double chance_bounds::windows() const {
  return static_cast<double>(by_.baseline.count()) / static_cast<double>(by_.within.count());
}

double chance_bounds::chance_of(double count, double past) const {
  return rules::chance_of(by_.model, count, past, windows());
}

double chance_bounds::smallest(double past, double below) const {
  const auto fires = [&](double count) { return chance_of(count, past) < below; };
  auto low = std::max(1.0, std::ceil(by_.min_count));
  if (fires(low)) return low;
  auto high = low * 2;
  for (; !fires(high); high *= 2) low = high;
  while (high - low > 1) { // `low` does not fire, `high` does
    const auto middle = std::floor((low + high) / 2);
    (fires(middle) ? high : low) = middle;
  }
  return high;
}

const std::vector<double>& chance_bounds::after(double past) {
  const auto it = known_.find(past);
  if (it != known_.end()) return it->second;
  if (known_.size() >= most_known) known_.clear();
  std::vector<double> bounds;
  for (const auto& one : by_.below) bounds.push_back(smallest(past, one.at_least));
  return known_.emplace(past, std::move(bounds)).first->second;
}

} // namespace forewarn::rules
