// SPDX-License-Identifier: Apache-2.0
// How likely a count is, judged by what was counted before, and from which count on it is unlikely enough.
// gamma_poisson: the predictive distribution of a Poisson count whose rate has Jeffreys' prior and S events in B
// windows, a negative binomial of size S + 1/2 and probability B / (B + 1). poisson: as if the mean S / B were known.
#pragma once

#include "rules/plan.hpp"

#include <unordered_map>
#include <vector>

namespace forewarn::rules {

// P(X >= count); `past` events in a baseline of `windows` windows. A fraction counts as the next whole number.
[[nodiscard]] double chance_of(chance_model model, double count, double past, double windows);

// For one rule. The same past gives the same bounds: they are worked out once.
class chance_bounds {
public:
  explicit chance_bounds(const unusual_detector& by) : by_{by} {}

  // By threshold: the smallest count, `min_count` at least, whose chance is below it.
  [[nodiscard]] const std::vector<double>& after(double past);
  [[nodiscard]] double chance_of(double count, double past) const;

private:
  [[nodiscard]] double windows() const;
  [[nodiscard]] double smallest(double past, double below) const;

  const unusual_detector& by_;
  std::unordered_map<double, std::vector<double>> known_;
};

} // namespace forewarn::rules
