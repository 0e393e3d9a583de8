// SPDX-License-Identifier: Apache-2.0
#include "detectors/case_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

namespace forewarn::detector_cases {
namespace {

std::vector<std::string> split(std::string line) {
  if (line.ends_with('\r')) line.pop_back();
  std::vector<std::string> out;
  std::istringstream in{line};
  for (std::string one; std::getline(in, one, ',');) out.push_back(one);
  if (line.ends_with(',')) out.emplace_back();
  return out;
}

cell read_cell(const std::string& text) {
  if (text == "Inf") return {std::numeric_limits<double>::infinity(), {}};
  if (text == "-Inf") return {-std::numeric_limits<double>::infinity(), {}};
  if (text.empty() || text == "NA" || text == "NaN") return {0, text.empty() ? "NA" : text};
  double value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc{} || end != text.data() + text.size()) return {0, text};
  return {value, {}};
}

} // namespace

cell number(double value) {
  return std::isnan(value) ? cell{0, "NA"} : cell{value, {}};
}

cell word(std::string text) {
  return {0, std::move(text)};
}

std::string spelled(const cell& one) {
  if (!one.text.empty()) return one.text;
  if (std::isinf(one.number)) return one.number > 0 ? "Inf" : "-Inf";
  return fmt::format("{:.17g}", one.number);
}

bool table::has(const std::string& column) const {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

std::size_t table::position(const std::string& column) const {
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end()) throw std::runtime_error{"there is no column '" + column + "'"};
  return static_cast<std::size_t>(found - columns.begin());
}

const cell& table::at(std::size_t row, const std::string& column) const {
  return rows[row][position(column)];
}

table read_table(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  if (!in || !std::getline(in, line)) throw std::runtime_error{file.string() + ": cannot be read, or is empty"};
  table out;
  out.columns = split(line);
  for (int number = 2; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    std::vector<cell> row;
    for (const auto& text : split(line)) row.push_back(read_cell(text));
    if (row.size() != out.columns.size())
      throw std::runtime_error{fmt::format("{}:{}: {} fields where the header has {}", file.string(), number,
                                           row.size(), out.columns.size())};
    out.rows.push_back(std::move(row));
  }
  return out;
}

void write_table(const std::filesystem::path& file, const table& what) {
  std::ofstream out{file, std::ios::binary};
  const auto line = [&](const auto& parts, const auto& spell) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : ",") + spell(part);
    out << text << '\n';
  };
  line(what.columns, [](const std::string& name) { return name; });
  for (const auto& row : what.rows) line(row, spelled);
  if (!out.flush()) throw std::runtime_error{file.string() + ": cannot be written"};
}

} // namespace forewarn::detector_cases
