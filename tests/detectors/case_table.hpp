// SPDX-License-Identifier: Apache-2.0
// Tables of the reference cases: numbers that may be missing, and a few words. Reads and writes the CSV that R's
// `write_csv17` writes (NA, NaN, Inf; 17 digits), and refuses anything quoted.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace forewarn::detector_cases {

struct cell {
  double number = 0;
  std::string text; // a word, or why there is no number: NA, NaN; empty: a number

  [[nodiscard]] bool missing() const { return text == "NA" || text == "NaN"; }
};

[[nodiscard]] cell number(double value); // NaN is NA
[[nodiscard]] cell word(std::string text);
[[nodiscard]] std::string spelled(const cell& one);

struct table {
  std::vector<std::string> columns;
  std::vector<std::vector<cell>> rows;

  [[nodiscard]] bool has(const std::string& column) const;
  [[nodiscard]] std::size_t position(const std::string& column) const; // throws where there is none
  [[nodiscard]] const cell& at(std::size_t row, const std::string& column) const;
};

// Throw std::runtime_error with the file's name.
[[nodiscard]] table read_table(const std::filesystem::path& file);
void write_table(const std::filesystem::path& file, const table& what);

} // namespace forewarn::detector_cases
