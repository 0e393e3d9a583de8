// SPDX-License-Identifier: Apache-2.0
// What no message may say, whoever wrote it: cause where records show only that things occurred together, a person, a
// full postcode, an advertisement for a drug, a count too small for its readers. Knows patterns of words, not meaning:
// silence of the linter is no approval.
#pragma once

#include "daemon/alerting/words.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace forewarn::wording {

struct finding {
  std::string code;       // lint-cause, lint-person, lint-postcode, lint-advertising, lint-small-count
  std::size_t at = 0;     // byte in the text
  std::size_t length = 0; // bytes
  std::string words;      // what stands there
  std::string why;
  std::string instead; // what to write
};

struct lint_limits {
  double count_floor = 0;        // counts above nothing and below it are findings; 0: none is
  bool names_are_public = false; // contacts and whoever answers for the alert: their names and telephones are meant
};

// By where they stand.
[[nodiscard]] std::vector<finding> lint_text(std::string_view text, const lint_limits& limits);

// "'due to': records show ...; write ..."
[[nodiscard]] std::string spell(const finding& one);

// Approved words and templates as they lie in their file. Comments of YAML are not looked at.
[[nodiscard]] problems lint_file(const source_text& file);

struct part_finding {
  std::string part; // "reason", "actions for staff"
  finding what;
};
// Everything a reader would read, with the floor of the alert's audience.
[[nodiscard]] std::vector<part_finding> lint(const alert& about, const alerting::word_book& words);

// Nothing, or what a person must mend before it goes out: of all findings the first few, in one sentence each.
[[nodiscard]] std::optional<std::string> objection(const alert& about, const alerting::word_book& words);

} // namespace forewarn::wording
