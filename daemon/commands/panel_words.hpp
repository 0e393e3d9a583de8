// SPDX-License-Identifier: Apache-2.0
// What the panel's verbs share: parts of an alert as a person types them, the version they have seen.
#pragma once

#include "daemon/commands/command.hpp"
#include "forewarn/result.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace forewarn::commands {

// `--set KEY=TEXT` (again for a list) and `--content FILE`.
struct typed_parts {
  std::vector<std::string> set;
  std::string file;
};
void add_parts(CLI::App& verb, typed_parts& parts);
// The object that the daemon reads; says on stderr what was wrong.
[[nodiscard]] result<boost::json::object, outcome> parts_of(const typed_parts& parts);

// `--version N`: refused where somebody has changed it since.
void add_seen(CLI::App& verb, std::int64_t& version);
void put_seen(boost::json::object& body, std::int64_t version);

} // namespace forewarn::commands
