// SPDX-License-Identifier: Apache-2.0
// Which records a verb is asked about: kinds, a condition as in a rule, and a field that they are told apart by.
#pragma once

#include "rules/plan.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn::commands {

struct record_question {
  std::vector<std::string> kinds; // none: all
  std::string where;              // "substances: opioid, setting: {not: prison}"; empty: all
  std::string by;                 // a field, "ward"; empty: all together
};

// As a rule that nobody loads: its observe, where and for_each are those of rules, and it counts incidents. Nothing
// after saying on stderr, as the verb, what was wrong.
[[nodiscard]] std::optional<rules::rule> as_rule(const char* verb, const record_question& what,
                                                 const reference_data& reference);

} // namespace forewarn::commands
