// SPDX-License-Identifier: Apache-2.0
// How far back of a record a rule looks.
#pragma once

#include "rules/plan.hpp"

namespace forewarn::rules {

// The sum of its detector's window, baseline and guard; what a periodic method rests on. `first_seen` is answered from
// what is kept for ever, and looks at nothing.
[[nodiscard]] duration look_back(const rule& one);

// How far back it needs records themselves: as far as it looks, but for a periodic rule for whose past the counts that
// outlive retention stand in. That needs those of the periods that it judges, and, with `late: scaled`, of the time in
// which it learns how late records are.
[[nodiscard]] duration look_back_at_records(const rule& one, const reference_data& reference);

} // namespace forewarn::rules
