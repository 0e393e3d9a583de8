// SPDX-License-Identifier: Apache-2.0
// The reference data that rules and feeds are read against: vocabulary, kinds, areas, sites, zone.
#pragma once

#include "forewarn/area.hpp"
#include "forewarn/calendar.hpp"
#include "forewarn/closed_sets.hpp"
#include "forewarn/code_systems.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/text.hpp"
#include "forewarn/vocabulary.hpp"
#include "forewarn/zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn {

// A place where many incidents meet, or where people are treated or held.
struct site {
  site_id id;
  std::string name;
  std::optional<area_code> ward{};            // none where it lies outside, or is not said
  std::vector<std::string> aliases{};         // what partners call it; its full postcode may be one
  std::optional<forewarn::setting> setting{}; // what an incident there has where its record says nothing
  bool outside = false;                       // outside the service area, with our people in it
  std::optional<std::int64_t> capacity{};     // places or beds
  std::vector<std::string> contacts{};        // whom to ring, the first one first
};

// The form in which names of sites are compared: case, spaces and punctuation do not matter, so that "LS9 7TF" and
// "ls97tf" are one postcode.
[[nodiscard]] inline std::string site_key(std::string_view name) {
  std::string out;
  for (const char c : fold(name))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) out += c;
  return out;
}

struct reference_data {
  vocabulary substances;
  std::vector<kind_row> kinds;
  std::vector<setting_row> settings; // words for the closed set; one without a row keeps its plain words
  code_systems codes;                // ICD-10, SNOMED CT, AMPDS: what `codes:` of a feed looks up
  area_table areas;
  std::vector<site> sites;
  std::vector<calendar> calendars;
  zone local_zone = zone::utc();      // periods, quiet hours, times in messages
  std::optional<area_code> root_area; // "the whole service area"
  std::vector<int> age_edges{0, 16, 18, 26, 35, 45, 55, 65};
  std::vector<std::string> advice;           // ids of approved advice blocks; empty = not loaded
  std::optional<std::vector<feed_id>> feeds; // absent where no feeds are loaded
  std::vector<std::string> attributes;       // names that some feed's allow-list declares
  bool attributes_known = false;             // false: no feeds loaded, any attribute name is taken

  [[nodiscard]] const kind_row* kind(const kind_id& id) const {
    for (const auto& row : kinds)
      if (row.id == id) return &row;
    return nullptr;
  }
};

} // namespace forewarn
