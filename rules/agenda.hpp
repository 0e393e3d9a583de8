// SPDX-License-Identifier: Apache-2.0
// When open signals close: the engine's deadlines, in the order in which they are handled.
#pragma once

#include "forewarn/signal.hpp"

#include <cstdint>
#include <set>
#include <tuple>

namespace forewarn::rules {

using rule_index = std::uint32_t;
using signal_index = std::uint32_t; // of one rule's signals, in the order in which they opened

struct deadline {
  instant at;
  rule_index rule = 0;
  const series_key* series = nullptr; // of the signal; outlives the deadline
  signal_index which = 0;

  // By time, rule, series.
  friend bool operator<(const deadline& a, const deadline& b) {
    return std::tie(a.at, a.rule, *a.series, a.which) < std::tie(b.at, b.rule, *b.series, b.which);
  }
};

using agenda = std::set<deadline>;

} // namespace forewarn::rules
