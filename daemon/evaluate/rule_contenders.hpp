// SPDX-License-Identifier: Apache-2.0
// Rules as contenders: each trial's counts become observations, spread over their period, and go through the engine
// that runs live; a rule's alarms are the periods in which one of its signals opened, rose, or crossed its bound anew.
#pragma once

#include "daemon/evaluate/evaluation.hpp"
#include "forewarn/observation.hpp"
#include "rules/plan.hpp"

namespace forewarn::evaluate {

// One per rule, and last, where there are several, all of them together. `like` is what every observation looks like
// but for its id and time.
[[nodiscard]] std::vector<contender> rule_contenders(const std::shared_ptr<const rules::rule_set>& all,
                                                     const observation& like);

// Each case becomes a record: false where there are more of them than an engine takes in an hour.
[[nodiscard]] bool few_enough_cases(const trials& on);

} // namespace forewarn::evaluate
