// SPDX-License-Identifier: Apache-2.0
// Code systems that partners write instead of words (ICD-10, SNOMED CT, AMPDS): what one code says of drug harm. The
// rows are the operator's data, in vocabulary/codes/; nothing licensed is shipped, and no code is ever guessed at.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace forewarn {

// What a code tells of: a feed's `select` may ask for it.
enum class code_event : std::uint8_t {
  poisoning,    // an overdose or other poisoning by drugs
  intoxication, // acute effects, without being called a poisoning
  use,          // dependence, harmful use, withdrawal: not an event of its own
  naloxone,     // the antidote was given
  other         // listed so that it is known; no drug harm
};
template <> struct spelling_of<code_event> {
  static constexpr std::array words =
      std::to_array<std::string_view>({"poisoning", "intoxication", "use", "naloxone", "other"});
};

struct code_row {
  std::string code; // as the file writes it
  std::string title;
  code_event event = code_event::poisoning;
  std::vector<substance_id> substances; // classes where the code says no more
  std::optional<intent> intent;
};

enum class code_standing : std::uint8_t {
  listed,    // a row says what it means
  elsewhere, // of the system's shape, but in no row: another subject ("J45.9" among drug codes)
  unknown    // no row, and not of the system's shape: an operator should hear of it
};

struct code_answer {
  code_standing standing = code_standing::unknown;
  const code_row* row = nullptr; // where listed
};

class code_system {
public:
  struct reading {
    std::string ignored = ". -";     // characters that partners leave out at will: "T40.1" and "T401"
    bool by_prefix = false;          // the longest listed beginning answers for what follows it
    bool whole_numbers = false;      // "23-C-4" is "23C04", and "23C1" is no beginning of "23C10"
    std::vector<std::string> shapes; // "A99*": a letter, two digits, then letters and digits
  };

  code_system(std::string id, std::string title, reading how, std::vector<code_row> rows);

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] const std::string& title() const noexcept { return title_; }
  [[nodiscard]] const std::vector<code_row>& rows() const noexcept { return rows_; }
  // One code as a partner wrote it; case and the ignored characters do not matter.
  [[nodiscard]] code_answer lookup(std::string_view code) const;

private:
  std::string id_;
  std::string title_;
  reading how_;
  std::vector<code_row> rows_;
  std::unordered_map<std::string, std::size_t> by_code_; // without the ignored characters, upper case
  std::size_t longest_ = 0;
};

class code_systems {
public:
  code_systems() = default;
  explicit code_systems(std::vector<code_system> all) : all_{std::move(all)} {}

  [[nodiscard]] const code_system* find(std::string_view id) const;
  [[nodiscard]] const std::vector<code_system>& all() const noexcept { return all_; }
  [[nodiscard]] std::vector<std::string> ids() const; // for suggestions

private:
  std::vector<code_system> all_;
};

// `system: {id, title, match: exact | prefix, ignore, numbers: whole, shapes}` and `codes: [{code, title, event,
// substances, intent}]`; several files may fill one system (the shipped one and the operator's own), with `system: ID`
// in the later ones.
[[nodiscard]] code_systems parse_code_systems(const std::vector<source_text>& files, const vocabulary& substances,
                                              problems& found);

} // namespace forewarn
