// SPDX-License-Identifier: Apache-2.0
// Rule files named on a command line, or those of the configuration folder, read with the reference data they are
// about. What `check` and `rules read` share.
#pragma once

#include "daemon/commands/command.hpp"
#include "rules/plan.hpp"

#include <memory>
#include <string>
#include <vector>

namespace forewarn::commands {

struct rules_at_hand {
  std::shared_ptr<const rules::rule_set> rules; // null where nothing could be read
  problems found;                               // of the rules and of the reference data
  std::vector<source_text> sources;             // for showing the lines
};

// `named` are files and folders; none: rules.d of the configuration folder.
[[nodiscard]] rules_at_hand read_rule_files(const context& shared, const std::vector<std::string>& named);

} // namespace forewarn::commands
