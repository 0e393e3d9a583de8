// SPDX-License-Identifier: Apache-2.0
// A fixed set of folded words, written in the source as one text with blanks between them.
#pragma once

#include <string_view>
#include <unordered_set>

namespace forewarn::connectors {

class word_set {
public:
  explicit word_set(std::string_view words) {
    while (!words.empty()) {
      const auto end = words.find(' ');
      if (const auto word = words.substr(0, end); !word.empty()) words_.insert(word);
      words = end == std::string_view::npos ? std::string_view{} : words.substr(end + 1);
    }
  }
  [[nodiscard]] bool holds(std::string_view word) const { return words_.contains(word); }

private:
  std::unordered_set<std::string_view> words_; // of literals, which live as long as the program
};

} // namespace forewarn::connectors
