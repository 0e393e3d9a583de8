// SPDX-License-Identifier: Apache-2.0
// One record as it was read, before any meaning: cells by slot, where a slot is a column the feed's mapping asked for.
// Columns nobody asked for are dropped here, so personal data that is not wanted never travels further.
#pragma once

#include "connectors/feed.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

// Between the members of a JSON list of plain values that one column names; no partner types this character.
inline constexpr char list_mark = '\x1f';

struct raw_row {
  std::int64_t line = 0;
  std::vector<std::optional<std::string_view>> cells; // valid until the reader moves on
  std::optional<rejected> defect;                     // the row cannot be read at all
  std::string_view raw;                               // the record as it came; valid until the reader moves on
  bool empty = false;                                 // cells without any text, or a header once more: not a record
};

struct wanted_column {
  std::string name;      // header, or for JSON a member name, a pointer "/a/b", or "$key"
  bool optional = false; // a file without it is still this feed's file
};

// Reads rows of one format. `broken` ends it: the rest cannot be read.
class raw_reader {
public:
  virtual ~raw_reader() = default;
  [[nodiscard]] virtual bool next(raw_row& out) = 0;
  [[nodiscard]] virtual const std::optional<rejected>& broken() const = 0;
  [[nodiscard]] virtual std::int64_t broken_line() const = 0;
  // What a record needs before it to be read alone: CSV's header. Known once a row was read.
  [[nodiscard]] virtual std::string raw_head() const { return {}; }
  // The column names as the file gives them; empty where it gives none.
  [[nodiscard]] virtual const std::vector<std::string>& header() const {
    static const std::vector<std::string> none;
    return none;
  }
};

} // namespace forewarn::connectors
