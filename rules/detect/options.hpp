// SPDX-License-Identifier: Apache-2.0
// Options that several detectors share, read and said alike: thresholds by level, what is counted, the least count.
#pragma once

#include "rules/plan.hpp"
#include "rules/read/noun.hpp"
#include "rules/syntax/reading.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::rules {

enum class threshold_kind : std::uint8_t {
  number,     // 3
  percentage, // 30%, kept as 0.3
  chance,     // 0.001: a higher level asks for a smaller one
  recurrence, // 100d, kept in days
};

// `key: 3` at the rule's level, or `key: {amber: 3, red: 5}`. Empty after a complaint, and where it is absent: then
// with one where `required`.
[[nodiscard]] std::vector<threshold> read_thresholds(const reading& from, yaml::mapping_reader& keys,
                                                     std::string_view key, threshold_kind what, level single,
                                                     bool required = true);

// Incidents where nothing is said; nothing after a complaint.
[[nodiscard]] std::optional<measure> read_measure(const reading& from, yaml::mapping_reader& keys);

// A positive number under `key`; `otherwise` where it is absent, nothing after a complaint.
[[nodiscard]] std::optional<double> read_amount(const reading& from, yaml::mapping_reader& keys, std::string_view key,
                                                double otherwise);

[[nodiscard]] std::string canonical(const measure& what);
[[nodiscard]] std::string canonical(const std::vector<threshold>& levels);

// "ambulance call-outs about an opioid", "different people with ambulance call-outs".
[[nodiscard]] std::string counted_words(const measure& what, const observed_words& words);
// "amber; 5 or more: red": the first threshold stands in the sentence before it. `spell` says the others.
template <class Spell> std::string levels_words(const std::vector<threshold>& levels, const Spell& spell) {
  std::string out{to_text(levels.front().level)};
  for (std::size_t i = 1; i < levels.size(); ++i)
    out += fmt::format("; {}: {}", spell(levels[i].at_least), to_text(levels[i].level));
  return out;
}
// "1 in 1,000" where that is what it is; else the chance as it was written.
[[nodiscard]] std::string chance_words(double chance);
// "100,000"; what is no whole number as it is.
[[nodiscard]] std::string whole_words(double number);
// "30%", "0.5%".
[[nodiscard]] std::string percent_words(double fraction);

} // namespace forewarn::rules
