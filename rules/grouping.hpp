// SPDX-License-Identifier: Apache-2.0
// Which series of a rule an observation belongs to, and what a field's value is called in a series.
#pragma once

#include "forewarn/signal.hpp"
#include "rules/plan.hpp"

#include <string>
#include <vector>

namespace forewarn::rules {

// The values of the `for_each` fields, in the rule's order.
using series_values = std::vector<std::string>;

// A field's value as a series shows it: one for an ordinary field that is present, any number for a set field, where
// only members that the rule's own condition accepts count.
[[nodiscard]] std::vector<std::string> values_of(const field_name& which, const rule& by, const fact& seen,
                                                 const reference_data& reference);

// One per combination of values; none where a grouped field is lacking and the rule gives such observations no series
// of their own.
[[nodiscard]] std::vector<series_values> series_of(const rule& by, const fact& seen, const reference_data& reference);

[[nodiscard]] series_key to_series_key(const rule& by, const series_values& values);

} // namespace forewarn::rules
