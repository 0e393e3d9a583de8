// SPDX-License-Identifier: Apache-2.0
#include "rules/scan/area_layout.hpp"

#include "rules/residents.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

constexpr double earth_radius_km = 6371;

void place_all(area_layout& out, const reference_data& reference) {
  out.position_of.assign(reference.areas.rows().size(), area_layout::nowhere);
  for (const auto index : out.areas) {
    const auto& row = reference.areas.row(index);
    out.position_of[index] = static_cast<std::uint32_t>(out.places.size());
    out.places.push_back(
        {row.longitude.value_or(0), row.latitude.value_or(0), static_cast<double>(row.population.value_or(0))});
  }
  out.has_population =
      std::all_of(out.places.begin(), out.places.end(), [](const auto& one) { return one.population > 0; });
}

// Some may have coordinates: then steps alone count.
void adjoin(area_layout& out, const reference_data& reference) {
  out.neighbours.resize(out.places.size());
  for (std::size_t at = 0; at < out.areas.size(); ++at) {
    out.places[at].x = out.places[at].y = 0;
    for (const auto other : reference.areas.neighbours(out.areas[at]))
      if (const auto position = out.position_of[other]; position != area_layout::nowhere)
        out.neighbours[at].push_back(position);
    if (out.neighbours[at].empty()) out.alone.push_back(at);
  }
}

} // namespace

void in_kilometres(std::vector<detectors::scan_place>& places) {
  double middle = 0;
  for (const auto& one : places) middle += one.y / static_cast<double>(places.size());
  const auto degree = earth_radius_km * std::numbers::pi / 180;
  for (auto& one : places) {
    one.x *= degree * std::cos(middle * std::numbers::pi / 180);
    one.y *= degree;
  }
}

area_level level_of(field areas) {
  switch (areas) {
  case field::lad: return area_level::lad;
  case field::msoa: return area_level::msoa;
  case field::lsoa: return area_level::lsoa;
  default: return area_level::ward;
  }
}

rule by_area(const rule& by, field areas) {
  auto out = by;
  out.for_each.push_back({{areas, {}}, false, false, false});
  return out;
}

result<area_layout, std::string> lay_out(const rule& by_area, const reference_data& reference) {
  area_layout out;
  out.areas = areas_of_series(by_area, reference);
  const auto level = by_area.for_each.empty() ? area_level::ward : level_of(by_area.for_each.back().by.field);
  if (out.areas.size() < 2)
    return failure(fmt::format("the area tables hold {} of level '{}' that it can meet; at least two are needed to "
                               "tell where",
                               out.areas.size(), to_text(level)));
  std::sort(out.areas.begin(), out.areas.end(),
            [&](area_index a, area_index b) { return reference.areas.row(a).code < reference.areas.row(b).code; });
  place_all(out, reference);
  const bool have_centroids = std::all_of(out.areas.begin(), out.areas.end(), [&](area_index one) {
    return reference.areas.row(one).latitude && reference.areas.row(one).longitude;
  });
  if (have_centroids) {
    in_kilometres(out.places);
    return out;
  }
  adjoin(out, reference);
  if (out.alone.size() < out.areas.size()) return out;
  return failure(fmt::format("the areas of level '{}' have neither 'latitude' and 'longitude' nor 'neighbours' in the "
                             "area tables, so nobody can tell which lie together",
                             to_text(level)));
}

} // namespace forewarn::rules
