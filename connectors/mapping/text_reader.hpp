// SPDX-License-Identifier: Apache-2.0
// Substances in free text: which, how surely, where, and what the text says of them. One pass; the text is not kept.
// It does not judge when something was taken ("history of heroin use" names heroin), nor by whom.
#pragma once

#include "connectors/mapping/denial.hpp"
#include "connectors/mapping/name_trie.hpp"
#include "connectors/mapping/near_names.hpp"
#include "forewarn/vocabulary.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

enum class found_by : std::uint8_t {
  name,
  misspelling, // one slip away from a name
  ending,      // an unlisted word that ends as its class does ("butylonitazene")
  derivation,  // an unlisted relative of a name ("valeryl fentanyl"): its class
  ambiguity    // a street name of several drugs: their class, where they share one
};

struct text_finding {
  std::optional<substance_index> what; // nothing for an ambiguous name whose drugs share no class
  found_by how = found_by::name;
  standing said = standing::affirmed;
  std::size_t first = 0, last = 0; // bytes of the text, half open

  // The drug itself is not known, at best its class.
  [[nodiscard]] bool class_uncertain() const {
    return how == found_by::ambiguity || how == found_by::ending || how == found_by::derivation;
  }
};

struct text_reading {
  std::vector<text_finding> findings;   // drugs, in the order of the text
  std::vector<substance_index> results; // "no active component": values of their own
  std::vector<std::string> to_review;   // words that may be drugs and are in no list; never with a digit in them
};

class text_reader {
public:
  explicit text_reader(const vocabulary& words);
  [[nodiscard]] text_reading read(std::string_view text) const;
  // The one name that the whole text is, in whatever spelling ("U47700", "4-Fluorofentanyl").
  [[nodiscard]] std::optional<name_entry> whole_name(std::string_view text) const;

private:
  const vocabulary& words_;
  name_trie names_;
  near_names near_;
};

} // namespace forewarn::connectors
