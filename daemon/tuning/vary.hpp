// SPDX-License-Identifier: Apache-2.0
// One rule at many settings: its YAML changed at the places named, and each form read by the loader that reads the
// rules in force. What the loader refuses is kept with its reason; nothing is written anywhere.
#pragma once

#include "forewarn/result.hpp"
#include "rules/plan.hpp"

#include <memory>
#include <string>
#include <vector>

namespace forewarn::tuning {

// "detect.count.at_least=2..8", "detect.count.within=12h,24h", "where.substances=[opioid, benzodiazepine]".
struct knob {
  std::string path;                // keys from the rule downwards, joined by dots; a number is a place in a list
  std::vector<std::string> values; // as YAML
};

[[nodiscard]] result<knob, std::string> parse_knob(const std::string& text);

struct rule_form {
  std::vector<std::string> values;              // in the order of the knobs
  std::shared_ptr<const rules::rule_set> rules; // that rule alone, and at work even where it is off; null: refused
  std::string refused;                          // why, in the loader's words
};

inline constexpr std::size_t most_forms = 500;

// Every combination, the last knob turning fastest. An error where there are too many, or no file holds the rule.
[[nodiscard]] result<std::vector<rule_form>, std::string>
forms_of(const std::string& rule, const std::vector<knob>& knobs, const std::vector<source_text>& files,
         const std::shared_ptr<const reference_data>& reference);

} // namespace forewarn::tuning
