// SPDX-License-Identifier: Apache-2.0
// Whether the counts that outlive retention (forewarn/kept_day.hpp) can stand in for purged records in the past of a
// periodic rule. They do where they tell all that the rule asks; where not, the rule sees no further back than its
// feeds keep records. Never a guess: a baseline that counts too much hides an outbreak, one that counts too little
// makes one up.
#pragma once

#include "forewarn/kept_day.hpp"
#include "forewarn/observation.hpp"
#include "rules/plan.hpp"

#include <string>
#include <vector>

namespace forewarn::rules {

// What the rule asks of a record that the counts do not tell, as it stands in the rule: "setting", "attributes.ampds",
// "measure: people". None for rules that are not periodic, too: those look at records.
[[nodiscard]] std::vector<std::string> not_in_counts(const rule& one, const reference_data& reference);
// A periodic rule of which they tell everything.
[[nodiscard]] bool counts_stand_in(const rule& one, const reference_data& reference);

// One record as all of that row were, at noon of their day.
[[nodiscard]] observation like(const kept_day& past, const reference_data& reference);

} // namespace forewarn::rules
