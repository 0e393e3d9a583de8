// SPDX-License-Identifier: Apache-2.0
// What the store keeps of the rules in force: a line where a rule is new, means or says something else, or is gone.
#pragma once

#include "forewarn/store.hpp"
#include "rules/plan.hpp"

#include <cstddef>

namespace forewarn {

// "live", "shadow", "off".
[[nodiscard]] std::string_view to_words(rules::rule_status status);

// Inside a transaction. Answers how many lines were new.
std::size_t note_rule_versions(const rules::rule_set& in_force, store& ledger, instant now);

} // namespace forewarn
