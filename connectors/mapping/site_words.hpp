// SPDX-License-Identifier: Apache-2.0
// Sites by whatever partners call them: id, name, alias, postcode. And what is no place at all: "no fixed abode".
#pragma once

#include "forewarn/reference.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace forewarn::connectors {

class site_words {
public:
  explicit site_words(const std::vector<site>& sites); // keeps pointers into it
  [[nodiscard]] const site* named(std::string_view text) const;
  [[nodiscard]] std::vector<std::string> all_words() const; // for suggestions

private:
  std::unordered_map<std::string, const site*> by_key_;
  std::vector<std::string> words_;
};

// What a column of a place tells of. Only where it happened makes a place of the incident; where somebody lives stands
// in where nothing better is given; where somebody was treated never does.
enum class place_role : std::uint8_t {
  incident,
  home,
  facility
};

// The NHS's pseudo postcodes of people without an address (ZZ99 ...), and the words for it.
[[nodiscard]] bool is_no_fixed_abode(std::string_view text);

} // namespace forewarn::connectors
