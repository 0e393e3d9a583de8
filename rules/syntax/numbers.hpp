// SPDX-License-Identifier: Apache-2.0
// Numbers, hours, ages and truths as a rule may write them. Refuses what cuts an age band, and leading zeros.
#pragma once

#include "rules/condition.hpp"
#include "rules/syntax/values.hpp"

namespace forewarn::rules {

[[nodiscard]] std::optional<hour_range> read_hours(const reading& from, const yaml::node& value);
// One value of a field that is a number, an age, an age band, or true or false.
[[nodiscard]] std::optional<condition> read_number_or_truth(const reading& from, const field_name& what,
                                                            const yaml::node& value);

} // namespace forewarn::rules
