// SPDX-License-Identifier: Apache-2.0
// Words that are one slip of the finger away from a substance's name: a letter lost, added, changed, or two swapped.
// Only long names of one word, only substances (no street names, no fillers), and never two answers: where a word is as
// near to two names, it is neither. What is found here is also shown to the vocabulary's keeper.
#pragma once

#include "forewarn/vocabulary.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace forewarn::connectors {

class near_names {
public:
  explicit near_names(const vocabulary& words);
  [[nodiscard]] std::optional<substance_index> nearest(const std::string& folded_word) const;

private:
  struct name_row {
    std::string name;
    substance_index index = 0;
  };
  std::vector<name_row> names_;
  std::unordered_multimap<std::string, std::size_t> by_shortened_; // a name less one letter, and the name itself
};

} // namespace forewarn::connectors
