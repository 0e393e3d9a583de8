// SPDX-License-Identifier: Apache-2.0
// What an engine must know of a periodic method beside its verdicts: how far back it looks, which later verdicts a
// count changes, and whether it remembers.
#pragma once

#include "rules/detectors/method.hpp"

#include <string_view>
#include <vector>

namespace forewarn::rules {

using method_settings = std::vector<detectors::setting>;

struct method_needs {
  // Periods before the one judged. What a chart added up longer ago is left out: it begins anew there.
  std::size_t looks_back = 0;
  // Periods that one period's count is part of, its own the first: sums over several, and charts that add up.
  std::size_t reach = 1;
  bool remembers = false; // of what was asked before: each series and time needs a new one
  bool adds_up = false;   // is asked of every period, in order
  bool steady = true;     // the bound does not depend on the period's own records
  bool scales = false;    // knows by itself what a period is worth of which a part has come
  // A copy of it, as it stands at a period's beginning, answers for that period as often as it is asked.
  bool keeps = false;
};

// The method and its settings are known to be good.
[[nodiscard]] method_needs needs_of(std::string_view method, const method_settings& settings);

// Whether it has such an option, by that very name.
[[nodiscard]] bool has_option(std::string_view method, std::string_view option);

// Under another of its names too; null where it has none.
[[nodiscard]] bool knows_option(std::string_view method, std::string_view key);

} // namespace forewarn::rules
