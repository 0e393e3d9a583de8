// SPDX-License-Identifier: Apache-2.0
// Substances in what partners write: single names, lists whose chemical names hold commas themselves, and free text.
// Knows no feed and no column. What names no drug ("no active component") is told apart from what does.
#pragma once

#include "connectors/mapping/text_reader.hpp"
#include "forewarn/vocabulary.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

struct substance_findings {
  std::vector<substance_id> found;   // in the order of the text, repeats left in
  std::vector<std::string> unlisted; // names or words the vocabulary lacks, as written
  std::vector<substance_id> results; // values of their own that name no drug: "no active component"
  bool doubted = false;              // free text that names drugs only as possible: "?heroin"
};

// What becomes of a name that the vocabulary lacks.
enum class unlisted_name : std::uint8_t {
  own_value, // an id made of the name itself, so that `first_seen` can see that it is new
  by_stem,   // the class whose stem it ends with ("-nitazene"); nothing where none does
};

class substance_words {
public:
  explicit substance_words(const vocabulary& words);

  // The whole text is one name.
  void read_name(std::string_view text, unlisted_name how, substance_findings& out) const;
  // Names between separators. A comma between two digits or locants is part of a name, and so is any separator
  // within a name of the vocabulary: the longest known name wins.
  void read_list(std::string_view text, const std::vector<std::string>& separators, unlisted_name how,
                 const std::vector<std::string>& absent, substance_findings& out) const;
  // Free text: the longest names on word boundaries, endings of unlisted words, slips of the finger, and no names that
  // are denied ("no fentanyl detected"). Ambiguous street names give the class their drugs share, if any.
  void read_text(std::string_view text, substance_findings& out) const;

  // "2-Bromo-4,5-dimethoxy" -> "2-bromo-4-5-dimethoxy"
  [[nodiscard]] static std::string id_of_unlisted(std::string_view name);

private:
  [[nodiscard]] std::optional<substance_index> spelled_otherwise(std::string_view text) const;
  [[nodiscard]] const ambiguous_word* ambiguous(std::string_view text) const;

  const vocabulary& words_;
  text_reader reader_;
};

} // namespace forewarn::connectors
