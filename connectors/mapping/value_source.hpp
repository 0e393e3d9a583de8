// SPDX-License-Identifier: Apache-2.0
// Where one field of an observation gets its text from: a column or several joined, the words that mean "not given",
// a table of values, and what to do with a value that nobody foresaw.
#pragma once

#include "connectors/formats/raw_row.hpp"
#include "forewarn/observation.hpp"
#include "forewarn/reference.hpp"

#include <re2/re2.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace forewarn::connectors {

enum class unknown_value : std::uint8_t {
  absent,     // the field stays unknown, the word is noted for the vocabulary's keeper
  quarantine, // the row waits for a person
};

struct value_source {
  std::vector<std::size_t> columns; // slots; none for a constant
  std::string shown;                // the columns' names, for people
  std::string joined_by = " ";
  std::vector<std::string> absent;                                    // lower case: "not stated", "array"
  std::unordered_map<std::string, std::optional<std::string>> values; // lower case; nothing means "not given"
  std::optional<std::string> otherwise;                               // where nothing is given
  unknown_value unknown = unknown_value::absent;
  std::shared_ptr<const RE2> extract; // its first group, or the whole match
  bool words_beside_values = false;   // substances: a text that no table has is read as words, lists stay lists
};

// The pass of one row through the mapping.
struct mapping_pass {
  const raw_row& row;
  observation& out;
  std::vector<unknown_word>& unknown;
  bool odd_civil_time = false;
  const site* at = nullptr;   // where it happened, where that is a known site
  const site* home = nullptr; // where the person lives
  bool ward_is_home = false;  // the ward so far is where somebody lives, not where it happened
  std::optional<near_calls> near;
  std::optional<rejected> refused; // ends the pass

  void refuse(const value_source& from, std::string code, std::string reason, std::string_view value);
  // By the source's own rule: refused, or noted.
  void not_understood(const value_source& from, std::string code, std::string reason, std::string_view value);
};

// The text after joining, `absent`, `extract`, `values` and `default`. Nothing where it is not given, or refused.
[[nodiscard]] std::optional<std::string> read_text(const value_source& from, mapping_pass& pass);

} // namespace forewarn::connectors
