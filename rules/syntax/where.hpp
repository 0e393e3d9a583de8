// SPDX-License-Identifier: Apache-2.0
// Reads a `where`: keys are fields, `all`, `any` and `not`; values are scalars, lists or operators. Complains of what
// nothing can satisfy at the innermost place where that is so.
#pragma once

#include "rules/plan.hpp"
#include "rules/syntax/reading.hpp"

namespace forewarn::rules {

// Nothing after a complaint. `among` is what the rule observes.
[[nodiscard]] std::optional<condition> read_where(const reading& from, const yaml::node& where, const observed& among);

} // namespace forewarn::rules
