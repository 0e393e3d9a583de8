// SPDX-License-Identifier: Apache-2.0
// Codes in a partner's cell, looked up in a code system: of vocabulary/codes/, or of the feed's own file.
#pragma once

#include "connectors/mapping/value_source.hpp"
#include "forewarn/code_systems.hpp"
#include "forewarn/yaml.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

struct code_plan {
  std::shared_ptr<const code_system> system;
  std::vector<std::string> separators; // between several codes of one cell

  explicit operator bool() const noexcept { return system != nullptr; }
};

// The codes of a cell, trimmed, none of them empty.
[[nodiscard]] std::vector<std::string> split_codes(std::string_view text, const std::vector<std::string>& separators);

// What the listed ones among a cell's codes say. One that nobody knows is refused or noted, by the source's own rule;
// one of another subject is neither.
[[nodiscard]] std::vector<const code_row*> read_codes(const code_plan& plan, const value_source& from,
                                                      std::string_view text, mapping_pass& pass);

// `codes: {NAME: {match: prefix, ignore: " .", codes: {23D: opioid, 17: {event: other}}}}` of a feed's file: systems
// of that partner's own.
[[nodiscard]] std::vector<std::shared_ptr<const code_system>>
compile_own_codes(const yaml::node& written, const std::string& path, const std::string& subject,
                  const vocabulary& substances, problems& found);

} // namespace forewarn::connectors
