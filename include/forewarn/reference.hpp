// SPDX-License-Identifier: Apache-2.0
// The reference data that rules and feeds are read against: vocabulary, kinds, areas, sites, zone.
#pragma once

#include "forewarn/area.hpp"
#include "forewarn/code_systems.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/vocabulary.hpp"
#include "forewarn/zone.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn {

struct site {
  site_id id;
  std::string name;
  std::optional<area_code> ward;
};

struct reference_data {
  vocabulary substances;
  std::vector<kind_row> kinds;
  std::vector<setting_row> settings; // words for the closed set; one without a row keeps its plain words
  code_systems codes;                // ICD-10, SNOMED CT, AMPDS: what `codes:` of a feed looks up
  area_table areas;
  std::vector<site> sites;
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
