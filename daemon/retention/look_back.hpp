// SPDX-License-Identifier: Apache-2.0
// Whether feeds keep their records as long as the rules look back: a rule that asks for more sees less than it says.
#pragma once

#include "connectors/feed.hpp"
#include "forewarn/problem.hpp"
#include "rules/plan.hpp"

namespace forewarn::retention {

// `retention-too-short`: an error of the rule, naming the feed. For the past of a periodic rule of which they can tell,
// the counts that outlive retention stand in (rules/kept_counts.hpp).
[[nodiscard]] problems check(const std::vector<connectors::feed>& feeds, const rules::rule_set& rules);

} // namespace forewarn::retention
