// SPDX-License-Identifier: Apache-2.0
// Reports beyond their retention: what they made as records goes with the records of a feed named `reports`; their
// words, source and contact go here. What stays is that there was one, when, of which kind, about which drugs, and what
// came of it: assessments and the audit refer to it.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/panel/policy.hpp"

#include <vector>

namespace forewarn::panel {

// The feeds, and the one of reports where grading/ says how long those are kept.
[[nodiscard]] std::vector<connectors::feed> with_reports(std::vector<connectors::feed> feeds, const policy& how);

// Inside a transaction. Reports that wait for the panel stay whole. Answers how many lost their words.
std::size_t forget_reports(const policy& how, store& ledger, instant now);

} // namespace forewarn::panel
