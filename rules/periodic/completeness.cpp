// SPDX-License-Identifier: Apache-2.0
#include "rules/periodic/completeness.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

constexpr double least_records = 50;

} // namespace

void completeness::learn(period happened, period arrived) {
  if (!at_work_) {
    at_work_ = true;
    begun_ = arrived;
  }
  const auto lag = std::max(arrived - happened, 0);
  if (happened < begun_ || lag > static_cast<period>(horizon)) return;
  if (arrived_.empty() || arrived_.back().first < arrived) arrived_.emplace_back(arrived, by_lag{});
  ++arrived_.back().second[static_cast<std::size_t>(lag)];
}

bool completeness::turn_to(period now) {
  if (now == turned_) return false;
  turned_ = now;
  while (!arrived_.empty() && arrived_.front().first < now - remembered) arrived_.pop_front();
  by_lag sum{};
  double all = 0;
  for (const auto& [when, lags] : arrived_) {
    if (when >= now) continue;
    for (std::size_t lag = 0; lag <= horizon; ++lag) sum[lag] += lags[lag];
  }
  for (const auto one : sum) all += one;
  learnt_ = all_of_it();
  if (!at_work_ || now - begun_ < least_periods_ || all < least_records) return true;
  double so_far = 0;
  for (std::size_t lag = 0; lag < horizon; ++lag) {
    so_far += sum[lag];
    learnt_[lag] = (so_far + 1) / (all + 1);
  }
  return true;
}

double completeness::at(period lag) const {
  if (lag >= static_cast<period>(horizon)) return 1;
  return learnt_[static_cast<std::size_t>(std::max(lag, 0))];
}

} // namespace forewarn::rules
