// SPDX-License-Identifier: Apache-2.0
// Whether a rule could have observed what is remembered of a record beyond its retention: kind, feed, day, area and
// substance, and whether a laboratory confirmed it. A test of anything else may have held.
#pragma once

#include "rules/plan.hpp"

namespace forewarn::rules {

[[nodiscard]] bool may_have_held(const condition& wanted, const fact& past);

} // namespace forewarn::rules
