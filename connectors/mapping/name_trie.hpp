// SPDX-License-Identifier: Apache-2.0
// All names of a vocabulary, ready to be met in text: one walk per word finds the longest name that begins there.
// Separators within names are loose: "acetyl fentanyl" is "acetylfentanyl", "4MMC" is "4-MMC", "a-PVP" is "alpha-PVP".
// Short names keep their blanks: "do b" is not "DOB".
#pragma once

#include "connectors/mapping/text_tokens.hpp"
#include "forewarn/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

enum class name_kind : std::uint8_t {
  substance,
  guarded,   // also means other things
  ambiguous, // names several drugs
  no_drug    // a phrase that only looks like one
};

struct name_entry {
  name_kind kind = name_kind::substance;
  std::uint16_t index = 0; // of the substance, or of the ambiguous word
};

struct name_match {
  name_entry entry;
  std::size_t words = 0; // tokens it covers
};

class name_trie {
public:
  explicit name_trie(const vocabulary& words);

  // The longest name that begins at `tokens[at]` and ends with a word.
  [[nodiscard]] std::optional<name_match> longest(std::span<const text_token> tokens, std::size_t at) const;

private:
  struct node {
    std::uint32_t first_child = 0, next_sibling = 0; // 0 = none
    std::uint32_t name = 0;                          // 1 + index into `names_`; 0 = no name ends here
    char letter = 0;
  };
  struct name_row {
    name_entry entry;
    std::uint64_t breaks = 0; // bit i: the name may be written with a separator before its letter i
    std::uint32_t length = 0;
  };

  void add(std::string_view name, name_entry entry);
  void add_variants(std::string_view name, name_entry entry);
  [[nodiscard]] std::uint32_t child(std::uint32_t of, char letter) const;
  [[nodiscard]] std::uint32_t make_child(std::uint32_t of, char letter);

  std::vector<node> nodes_{node{}};
  std::vector<name_row> names_;
};

} // namespace forewarn::connectors
