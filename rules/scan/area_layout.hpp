// SPDX-License-Identifier: Apache-2.0
// Where the areas lie that a scan goes over: by their centroids, or, where not all are known, by which areas adjoin.
#pragma once

#include "forewarn/result.hpp"
#include "rules/detectors/scan.hpp"
#include "rules/plan.hpp"

#include <string>
#include <vector>

namespace forewarn::rules {

struct area_layout {
  static constexpr std::uint32_t nowhere = 0xffff'ffffU;

  std::vector<area_index> areas; // by code, so that a table with other areas beside them changes no position
  std::vector<detectors::scan_place> places;        // by position; kilometres, or no coordinates at all
  std::vector<std::vector<std::size_t>> neighbours; // by position; empty where the places have coordinates
  std::vector<std::size_t> alone;                   // positions with neither coordinates nor neighbours
  bool has_population = false;                      // every one
  std::vector<std::uint32_t> position_of;           // by area_index; `nowhere` for all others

  [[nodiscard]] detectors::space_time_scan scan(const detectors::scan_options& by) const {
    return neighbours.empty() ? detectors::space_time_scan{places, by}
                              : detectors::space_time_scan{places, neighbours, by};
  }
};

// The areas that the rule's smallest grouping by an area can meet, by its `where`. An error is a sentence: there are
// not two of them, or nobody can tell which lie together.
[[nodiscard]] result<area_layout, std::string> lay_out(const rule& by_area, const reference_data& reference);

// The rule that `by` counts by, place by place: what it groups by, and then the scan's areas.
[[nodiscard]] rule by_area(const rule& by, field areas);
[[nodiscard]] area_level level_of(field areas);

// From longitude (x) and latitude (y) in degrees to kilometres on a plane that touches the earth amid the places: right
// to a few in a thousand over a country.
void in_kilometres(std::vector<detectors::scan_place>& places);

} // namespace forewarn::rules
