// SPDX-License-Identifier: Apache-2.0
// `observe` and `feeds`: what a rule, or a part of one, looks at before any `where` is asked.
#pragma once

#include "rules/plan.hpp"
#include "rules/syntax/reading.hpp"

namespace forewarn::rules {

// Complains where neither is given and one is `required`.
[[nodiscard]] observed read_observed(const reading& from, yaml::mapping_reader& keys, bool required);

} // namespace forewarn::rules
