// SPDX-License-Identifier: Apache-2.0
// Reads one rule: every key, every complaint. What needs the other rules (unique ids, `inhibit`) is load_rules' work.
#pragma once

#include "rules/syntax/alert.hpp"

#include <optional>

namespace forewarn::rules {

struct read_rule_result {
  rule made;
  bool has_id = false;
  location id_at;
  std::vector<mentioned_rule> mentions;
};

// `number` counts from 1 within the file and names a rule that has no id.
[[nodiscard]] read_rule_result read_rule(const yaml::node& one, std::size_t number, const std::string& path,
                                         const reference_data& reference, problems& found);

} // namespace forewarn::rules
