// SPDX-License-Identifier: Apache-2.0
// The substances, classes and kinds a deployment knows: hierarchy, synonyms, what naloxone does.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/problem.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace forewarn {

enum class naloxone_response : std::uint8_t {
  reverses,
  partly,
  no,
  unknown
};

// A class ("nitazene"), a substance ("protonitazene"), or a laboratory's result that names no substance.
struct substance {
  substance_id id;
  std::string name;                   // shown to people
  std::optional<substance_id> parent; // the class it lies in; several levels
  bool is_class = false;
  bool cutting_agent = false;                              // sugars, fillers, markers: never news by themselves
  bool prescribed_medicine = false;                        // a flag, not a class
  bool is_result = false;                                  // "no active component": a value of its own, not a drug
  bool antidote = false;                                   // naloxone: in free text it was given, not taken
  naloxone_response naloxone = naloxone_response::unknown; // of the nearest ancestor where a row says nothing
  std::vector<std::string> synonyms;                       // other spellings, brands, street names
  // Names that also mean other things ("molly", "speed", "DOB"): in running text they count only where the words
  // around them speak of drugs.
  std::vector<std::string> guarded;
  std::vector<std::string> stems;      // classes: endings that make an unlisted word a member ("nitazene")
  std::vector<std::string> beginnings; // classes: what stands before a hyphen does the same ("JWH" of "JWH-250")
};

using substance_index = std::uint16_t;

// A street name of several drugs ("blues", "gear"): it says that there was a drug, not which.
struct ambiguous_word {
  std::string word;
  std::vector<substance_id> may_be;    // as written: "blues" may be diazepam or oxycodone
  std::optional<substance_index> both; // the nearest class that holds all of them, where there is one
};

class vocabulary {
public:
  vocabulary() = default;
  explicit vocabulary(std::vector<substance> rows, std::vector<ambiguous_word> ambiguous = {},
                      std::vector<std::string> not_drugs = {});

  [[nodiscard]] std::span<const substance> rows() const noexcept { return rows_; }
  [[nodiscard]] const substance& row(substance_index index) const { return rows_.at(index); }
  [[nodiscard]] std::optional<substance_index> find(const substance_id& id) const;
  // By id, name or synonym, folded ("N-Desethyl Isotonitazene"). Whole text only; free text is the mapping's work.
  [[nodiscard]] std::optional<substance_index> named(std::string_view text) const;
  // Every folded name and synonym with its row: what extraction from free text matches against.
  [[nodiscard]] const std::unordered_map<std::string, substance_index>& names() const noexcept { return by_name_; }
  [[nodiscard]] std::span<const ambiguous_word> ambiguous() const noexcept { return ambiguous_; }
  // Phrases that hold a drug's name and mean none: "blood sugar", "diet coke".
  [[nodiscard]] std::span<const std::string> not_drugs() const noexcept { return not_drugs_; }
  // The class whose stem the folded word ends with (the longest such stem).
  [[nodiscard]] std::optional<substance_index> class_by_stem(std::string_view folded_word) const;

  // The class that a word before a hyphen belongs to ("mdmb" of "MDMB-xyz").
  [[nodiscard]] std::optional<substance_index> class_by_beginning(std::string_view folded_word) const;

  [[nodiscard]] std::span<const substance_index> ancestors(substance_index index) const { return ancestors_.at(index); }
  [[nodiscard]] bool is_or_within(substance_index inner, substance_index outer) const;
  [[nodiscard]] std::vector<substance_index> within(substance_index outer) const; // itself and everything below
  // The nearest ancestor-or-self among the classes of the contract (`opioid`, `nitazene`, ...): what
  // `substances: {by: class}` groups by. Nothing for a result such as "no active component".
  [[nodiscard]] std::optional<substance_index> class_of(substance_index index) const;
  [[nodiscard]] naloxone_response naloxone(substance_index index) const;
  [[nodiscard]] std::string name_of(const substance_id& id) const; // the id itself where unknown
  [[nodiscard]] std::vector<std::string> all_words() const;        // ids, for suggestions

private:
  [[nodiscard]] std::optional<substance_index> class_of_all(const std::vector<substance_id>& ids) const;

  std::vector<substance> rows_;
  std::unordered_map<substance_id, substance_index> by_id_;
  std::unordered_map<std::string, substance_index> by_name_;
  std::vector<std::vector<substance_index>> ancestors_;
  std::vector<std::pair<std::string, substance_index>> stems_; // longest first
  std::unordered_map<std::string, substance_index> beginnings_;
  std::vector<ambiguous_word> ambiguous_;
  std::vector<std::string> not_drugs_;
};

// `classes`, `substances`, `results`, `ambiguous` and `not_drugs`, each a list, in any number of files.
[[nodiscard]] vocabulary parse_vocabulary(const std::vector<source_text>& files, problems& found);

struct kind_row {
  kind_id id;
  std::string title; // "Ambulance call-outs"
  std::string one;   // "ambulance call-out": how English sentences say it
  std::string many;  // "ambulance call-outs"
};

// The settings are a closed set; their words are data.
struct setting_row {
  forewarn::setting id = forewarn::setting::other;
  std::string title;  // "Supported housing"
  std::string phrase; // "in supported housing": how English sentences say it
};

// `settings: [{id, title, phrase}]`, one row for each setting.
[[nodiscard]] std::vector<setting_row> parse_settings(const std::vector<source_text>& files, problems& found);

// `kinds: [{id, title, one, many}]`.
[[nodiscard]] std::vector<kind_row> parse_kinds(const std::vector<source_text>& files, problems& found);

} // namespace forewarn
