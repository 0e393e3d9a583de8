// SPDX-License-Identifier: Apache-2.0
// When open signals close, and when a rule looks without a record: the engine's deadlines, in the order in which they
// are handled.
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
  bool closes = true; // false: the rule's machine looks, at the series of the number `which`

  // By time, rule, series; whoever looks does so before a signal of the series closes.
  friend bool operator<(const deadline& a, const deadline& b) {
    return std::tie(a.at, a.rule, *a.series, a.closes, a.which) < std::tie(b.at, b.rule, *b.series, b.closes, b.which);
  }
};

using agenda = std::set<deadline>;

} // namespace forewarn::rules
