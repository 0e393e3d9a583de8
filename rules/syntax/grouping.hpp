// SPDX-License-Identifier: Apache-2.0
// Reads `for_each`: the fields whose values make the series of a rule.
#pragma once

#include "rules/plan.hpp"
#include "rules/syntax/reading.hpp"

#include <optional>
#include <vector>

namespace forewarn::rules {

// A list of fields, each plain or with its options: `[ward, {substances: {by: class}}]`. Nothing after a complaint.
[[nodiscard]] std::optional<std::vector<grouping>> read_grouping(const reading& from, const yaml::node& for_each);

} // namespace forewarn::rules
