// SPDX-License-Identifier: Apache-2.0
// Advice on rules that are right as far as they can be read: what they ask for and never get, what they would cost,
// what nobody tests. Never an error, and never a change.
#pragma once

#include "forewarn/problem.hpp"
#include "rules/backtest.hpp"

#include <functional>
#include <vector>

namespace forewarn::tuning {

// Needs no record: bare lists of two classes (`either-of-classes`), rules without a test (`no-test`). `sources` are the
// rule files, `tests` the test files.
[[nodiscard]] problems lint_text(const rules::rule_set& all, const std::vector<source_text>& sources,
                                 const std::vector<source_text>& tests);

// Needs a past: words that no record has (`never-observed`), fields that a feed never fills (`field-never-filled`),
// periodic methods that it cannot feed (`history-too-short`, with those that it can) or that its counts do not suit
// (`counts-too-small`), levels never reached (`never-met`), series open most of the time (`open-most`), more signals
// than the rule's budget
// (`over-budget`). `progress` hears how many rules are done.
[[nodiscard]] problems lint_past(const std::shared_ptr<const rules::rule_set>& all,
                                 const std::vector<observation>& revisions, const std::vector<feed_turn>& turns,
                                 const std::function<void(std::size_t)>& progress = {});

} // namespace forewarn::tuning
