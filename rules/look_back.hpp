// SPDX-License-Identifier: Apache-2.0
// How far back of a record a rule looks.
#pragma once

#include "rules/plan.hpp"

namespace forewarn::rules {

// The sum of its detector's window, baseline and guard; what a periodic method rests on. `first_seen` is answered from
// what is kept for ever, and looks at nothing.
[[nodiscard]] duration look_back(const rule& one);

} // namespace forewarn::rules
