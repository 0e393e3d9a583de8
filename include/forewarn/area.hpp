// SPDX-License-Identifier: Apache-2.0
// The areas a deployment knows: codes, names, levels, what lies in what, populations and neighbours.
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

// A row of areas/*.yaml.
struct area {
  area_code code;
  std::string name;
  area_level level = area_level::place;
  std::optional<area_code> parent;        // the enclosing area
  std::optional<std::int64_t> population; // residents; absent = unknown, never guessed
  std::optional<double> latitude;         // centroid, degrees
  std::optional<double> longitude;
  std::vector<area_code> neighbours; // adjoining areas of the same level
};

// Position of an area in its table: small, dense, cheap to compare.
using area_index = std::uint32_t;

class area_table {
public:
  area_table() = default;
  // Parents may stand in any order. Problems: unknown parent or neighbour, a circle of parents, a code given twice
  // (unknown-area, bad-value, duplicate-id), without position; `parse_areas` gives them one.
  explicit area_table(std::vector<area> rows);

  [[nodiscard]] std::span<const area> rows() const noexcept { return rows_; }
  [[nodiscard]] const area& row(area_index index) const { return rows_.at(index); }
  [[nodiscard]] std::optional<area_index> find(const area_code& code) const;
  // By code, or by name (folded). A name several areas bear is found only with `within` a level.
  [[nodiscard]] std::vector<area_index> named(std::string_view code_or_name,
                                              std::optional<area_level> within = {}) const;
  // Nearest first, without itself.
  [[nodiscard]] std::span<const area_index> ancestors(area_index index) const { return ancestors_.at(index); }
  [[nodiscard]] bool is_or_within(area_index inner, area_index outer) const;
  [[nodiscard]] std::vector<area_index> within(area_index outer) const; // itself and everything below
  [[nodiscard]] std::optional<area_index> enclosing(area_index index, area_level level) const; // itself included
  [[nodiscard]] std::span<const area_index> neighbours(area_index index) const { return neighbours_.at(index); }
  // The name to show for a code; the code itself where the table lacks it.
  [[nodiscard]] std::string name_of(const area_code& code) const;
  [[nodiscard]] std::vector<std::string> all_words() const; // codes and names, for suggestions

  // Which area a postcode lies in, by the longest prefix of its outward half: "CF" (the letters) or "CH5" (whole).
  // Postcodes follow the post's vans, not boundaries: good for a nation or a region, never for a ward.
  void add_postcodes(std::string_view prefix, area_index index);
  [[nodiscard]] std::optional<area_index> of_postcode(std::string_view postcode) const;

private:
  std::vector<area> rows_;
  std::unordered_map<area_code, area_index> by_code_;
  std::unordered_multimap<std::string, area_index> by_name_;
  std::vector<std::vector<area_index>> ancestors_;
  std::vector<std::vector<area_index>> neighbours_;
  std::unordered_map<std::string, area_index> by_postcode_; // upper case, no spaces
};

// `areas: [{code, name, level, parent, population, latitude, longitude, neighbours}]` and `postcodes: {PREFIX: CODE}`
// in any number of files.
[[nodiscard]] area_table parse_areas(const std::vector<source_text>& files, problems& found);

} // namespace forewarn
