// SPDX-License-Identifier: Apache-2.0
// Where the series of a periodic rule stand, asked of the engine over a past: what each counts in the period that holds
// a moment, and how many would be amber, or red.
#pragma once

#include "rules/backtest.hpp"
#include "rules/engine.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::tuning {

struct period_now {
  rules::period_state state;
  std::optional<signal> open; // of the series, at that moment
  // What it would still take: steps above its count, and above the level of the signal that is open.
  [[nodiscard]] std::vector<rules::period_state::step> ahead() const;
};

// `taken` in the order of arrival; what came after `now` is not known. `purged` (may be empty) tells an engine of what
// came before.
[[nodiscard]] std::vector<period_now> periods_now(const rules::rule& by,
                                                  const std::shared_ptr<const reference_data>& reference,
                                                  const std::vector<observation>& taken,
                                                  const std::vector<feed_turn>& turns,
                                                  const rules::purged_teller& purged, instant now);

// "2 today", "2 this week".
[[nodiscard]] std::string count_words(const period_now& one, const rules::rule& by);
// "3 would make it amber, 5 red"; what stands in the way where nothing would.
[[nodiscard]] std::string ahead_words(const period_now& one);
// "63 days", "1 week", as the rule counts.
[[nodiscard]] std::string periods_words(std::size_t count, const rules::rule& by);

} // namespace forewarn::tuning
