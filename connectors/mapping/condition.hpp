// SPDX-License-Identifier: Apache-2.0
// Conditions on a partner's raw columns, for `select` and `withdrawn`: the rule language's simple forms, before any
// mapping. `{Status: [Open, Closed], Code: {not: {matches: "^T"}}}`.
#pragma once

#include "connectors/formats/raw_row.hpp"
#include "forewarn/yaml.hpp"

#include <functional>
#include <string_view>

namespace forewarn::connectors {

using row_condition = std::function<bool(const raw_row&)>;

// Turns a column's name into its slot, noting that the feed wants it.
using slot_finder = std::function<std::size_t(std::string_view column)>;

// Complaints name what is wrong and where. Texts compare trimmed and without letter case; a cell without text fails
// every positive test, and `not` of it holds.
[[nodiscard]] row_condition compile_condition(const yaml::node& written, const std::string& path,
                                              const std::string& subject, const slot_finder& slots, problems& found);

} // namespace forewarn::connectors
