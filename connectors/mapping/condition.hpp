// SPDX-License-Identifier: Apache-2.0
// Conditions on a partner's raw columns, for `select` and `withdrawn`: the rule language's simple forms, before any
// mapping. `{Status: [Open, Closed], Code: {not: {matches: "^T"}}, Age: {at_least: 16}}`.
#pragma once

#include "connectors/formats/raw_row.hpp"
#include "forewarn/code_systems.hpp"
#include "forewarn/yaml.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace forewarn::connectors {

using row_condition = std::function<bool(const raw_row&)>;

struct condition_context {
  const std::string& path;
  const std::string& subject;
  // Turns a column's name into its slot, noting that the feed wants it.
  std::function<std::size_t(std::string_view column)> slots;
  // The code system of that name; complains where there is none.
  std::function<std::shared_ptr<const code_system>(const yaml::node& name)> codes;
  problems& found;
};

// Complaints name what is wrong and where. Texts compare trimmed and without letter case; a cell without text fails
// every positive test, and `not` of it holds. A list cell passes a test when any of its members does, `all_of` when
// each wanted value is among them. With `codes`, a code that nobody knows passes: better one row too many than a call
// lost to a new code.
[[nodiscard]] row_condition compile_condition(const yaml::node& written, const condition_context& around);

} // namespace forewarn::connectors
