// SPDX-License-Identifier: Apache-2.0
// A small CSV file, read whole, for verbs that are given files of their own: rows with their lines, every row as wide
// as the header. Refuses the first row that is none.
#pragma once

#include "forewarn/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::series_file {

struct csv_row {
  std::int64_t line = 0;
  std::vector<std::string> fields; // trimmed
};

struct csv_table {
  std::string file;
  std::vector<std::string> header;
  std::vector<csv_row> rows;

  // By name, without regard to case.
  [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
  // "cases.csv:7: what"
  [[nodiscard]] std::string at(const csv_row& row, std::string_view what) const;
};

[[nodiscard]] result<csv_table, std::string> read_csv_table(const std::string& file);

// Empty, NA, NaN or null.
[[nodiscard]] bool says_nothing(std::string_view text);

} // namespace forewarn::series_file
