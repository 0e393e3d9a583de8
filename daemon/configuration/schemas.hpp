// SPDX-License-Identifier: Apache-2.0
// JSON Schemas of the YAML files that people write, so that an editor completes and checks as one types. Help, not law:
// what the loaders refuse is decided by the loaders.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace forewarn::schemas {

// "rules", "feeds", "services", "settings", "grading", "tests".
[[nodiscard]] std::vector<std::string> names();

// Nothing in it where the name is none of these. Words of closed sets, settings and detectors are those of this
// program.
[[nodiscard]] boost::json::object schema_of(std::string_view name);

} // namespace forewarn::schemas
