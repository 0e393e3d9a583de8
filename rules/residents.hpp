// SPDX-License-Identifier: Apache-2.0
// How many people live where a series counts: what a rate is a rate of.
#pragma once

#include "rules/grouping.hpp"

#include <optional>
#include <vector>

namespace forewarn::rules {

[[nodiscard]] bool groups_by_area(const rule& by);

// The areas that can have a series of the rule: those of the smallest level it groups by that its `where` allows; the
// root area where it groups by none.
[[nodiscard]] std::vector<area_index> areas_of_series(const rule& by, const reference_data& reference);

// Of the series' area, with its neighbours where the rule counts those too. Nothing where it is not known: a series
// `unknown`, or a code the areas lack.
[[nodiscard]] std::optional<double> residents_of(const rule& by, const series_values& series,
                                                 const reference_data& reference);

} // namespace forewarn::rules
