// SPDX-License-Identifier: Apache-2.0
// Rule files named on a command line, or those of the configuration folder, read with the reference data they are
// about. What `check`, `rules read` and `backtest` share, so that they and the daemon agree on every rule.
#pragma once

#include "daemon/commands/command.hpp"
#include "daemon/settings.hpp"
#include "rules/plan.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace forewarn::commands {

// To put rules in force, the feeds, attributes and advice they name must be configured. To replay a past through them
// that is asked only of the configuration's own rules: the past brings its feeds with it.
enum class reading_for : std::uint8_t {
  force,
  past
};

struct reference_at_hand {
  std::filesystem::path config; // the folder it was found in
  std::shared_ptr<const reference_data> data;
  problems found;
  std::vector<source_text> sources;
};

// --config where it holds vocabulary or areas; else a folder around the first of `named` that does, or its etc/; else
// one around the working folder. A problem that says what to do where there is none.
[[nodiscard]] reference_at_hand find_reference(const context& shared, const std::vector<std::string>& named,
                                               reading_for what = reading_for::force);

struct rules_at_hand {
  std::shared_ptr<const rules::rule_set> rules; // null where nothing could be read
  problems found;                               // of the rules and of the reference data
  std::vector<source_text> sources;             // for showing the lines
};

// `named` are files and folders; none: rules.d of the configuration folder.
[[nodiscard]] rules_at_hand read_rule_files(const context& shared, const std::vector<std::string>& named);
[[nodiscard]] rules_at_hand read_rule_files(reference_at_hand known, const std::vector<std::string>& named);

} // namespace forewarn::commands
