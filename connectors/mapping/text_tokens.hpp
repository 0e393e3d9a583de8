// SPDX-License-Identifier: Apache-2.0
// Free text as words with what stands between them. Letters are folded (case, diacritics, Greek); nothing is dropped
// that a reader of denials or of chemical names needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

// What stood between a word and the one before it.
struct word_gap {
  bool blank = false;       // white space
  bool hyphen = false;      // "U-47700": of any kind, written without white space
  bool comma = false;       // with white space after it, or not between locants
  bool locants = false;     // a comma as in "2,4-" and "N,N-"
  bool slash = false;       // / + &
  bool bracket = false;     // opened or closed
  bool colon = false;       // : = and dashes with white space
  bool ends_clause = false; // . ; ! or a line's end, and a question mark behind a word
  bool inside = false;      // no character at all: "100mg|diazepam", "and|Heroin"
  bool unsure = false;      // a question mark before the word: "?heroin"
};

struct text_token {
  std::string word; // folded, without separators
  word_gap before;
  bool asked = false;              // a question mark behind it: "heroin?"
  std::size_t first = 0, last = 0; // bytes of the text, half open
};

[[nodiscard]] std::vector<text_token> tokens_of(std::string_view text);

[[nodiscard]] bool has_digit(std::string_view word);
[[nodiscard]] bool only_letters(std::string_view word);

} // namespace forewarn::connectors
