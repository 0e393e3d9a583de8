// SPDX-License-Identifier: Apache-2.0
// What a rule looked at in a past, whether or not it found anything: which records met it, in which series, when.
// Counts records as they stood at the end; it decides nothing.
#pragma once

#include "rules/plan.hpp"

#include "forewarn/observation.hpp"
#include "forewarn/signal.hpp"

#include <map>
#include <vector>

namespace forewarn::rules {

// The last form of each record, without those withdrawn, by the time it happened.
[[nodiscard]] std::vector<const observation*> standing(const std::vector<observation>& revisions);

struct rule_activity {
  std::size_t observed = 0;                                     // of the kinds and feeds
  std::size_t matched = 0;                                      // `where` holds, too
  std::size_t ungrouped = 0;                                    // of those, in no series
  std::map<series_key, std::vector<const observation*>> series; // by time
};

// `records` as `standing` gives them.
[[nodiscard]] rule_activity activity_of(const rule& by, const std::vector<const observation*>& records,
                                        const reference_data& reference);

} // namespace forewarn::rules
