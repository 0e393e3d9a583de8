// SPDX-License-Identifier: Apache-2.0
#include "rules/look_back.hpp"

#include "rules/kept_counts.hpp"
#include "rules/periodic/completeness.hpp"
#include "rules/periodic/method_needs.hpp"
#include "rules/periodic/periods.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

// Detectors that a window, a baseline, a guard or a history belong to say so by these names.
template <class Detector> duration sum_of_windows(const Detector& made) {
  duration out{};
  if constexpr (requires { duration{made.within}; }) out += duration{made.within};
  if constexpr (requires { duration{made.baseline}; }) out += duration{made.baseline};
  if constexpr (requires { duration{made.guard}; }) out += duration{made.guard};
  if constexpr (requires { made.looks_back; }) // and two periods, for the one it stands in and a long day
    out += static_cast<int>(made.looks_back + 2) * length_of(made.every);
  if constexpr (requires { made.baseline_days; }) // of a day that held a cluster, too
    out += static_cast<int>(made.baseline_days + made.most_days + 2) * std::chrono::hours{24};
  return out;
}

} // namespace

duration look_back(const rule& one) {
  return std::visit([](const auto& made) { return sum_of_windows(made); }, one.detector);
}

duration look_back_at_records(const rule& one, const reference_data& reference) {
  if (!counts_stand_in(one, reference)) return look_back(one);
  const auto& made = std::get<periodic_detector>(one.detector);
  method_settings settings;
  for (const auto& [key, value] : made.settings) settings.push_back({key, value});
  const auto judged = static_cast<int>(needs_of(made.method, settings).reach) + 2;
  const auto learns = made.scaled ? completeness::remembered + static_cast<int>(completeness::horizon) : 0;
  return std::min(look_back(one), (judged + learns) * length_of(made.every));
}

} // namespace forewarn::rules
