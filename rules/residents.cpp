// SPDX-License-Identifier: Apache-2.0
#include "rules/residents.hpp"

#include "rules/check/satisfiable.hpp"

#include <algorithm>
#include <array>

namespace forewarn::rules {
namespace {

// Smallest areas first.
constexpr std::array by_size{field::lsoa, field::msoa, field::ward, field::lad, field::area};

// Where in `for_each` the smallest area stands.
std::optional<std::size_t> place_of_area(const rule& by) {
  for (const auto wanted : by_size)
    for (std::size_t i = 0; i < by.for_each.size(); ++i)
      if (by.for_each[i].by.field == wanted) return i;
  return {};
}

std::optional<area_level> residents_level(field which) {
  switch (which) {
  case field::lsoa: return area_level::lsoa;
  case field::msoa: return area_level::msoa;
  case field::ward: return area_level::ward;
  case field::lad: return area_level::lad;
  default: return {};
  }
}

bool may_hold_in(const rule& by, const field_name& which, area_index area, const reference_data& reference) {
  const condition there{test{which, one_of_areas{{{reference.areas.row(area).code, {area}}}}}};
  const std::array both{&by.where, &there};
  return !field_left_empty(both, by.observe, reference);
}

} // namespace

bool groups_by_area(const rule& by) {
  return place_of_area(by).has_value();
}

std::vector<area_index> areas_of_series(const rule& by, const reference_data& reference) {
  std::vector<area_index> out;
  const auto place = place_of_area(by);
  if (!place) {
    if (reference.root_area)
      if (const auto root = reference.areas.find(*reference.root_area)) out.push_back(*root);
    return out;
  }
  const auto& which = by.for_each[*place].by;
  const auto level = residents_level(which.field);
  for (area_index i = 0; i < reference.areas.rows().size(); ++i)
    if ((!level || reference.areas.row(i).level == *level) && may_hold_in(by, which, i, reference)) out.push_back(i);
  return out;
}

std::optional<double> residents_of(const rule& by, const series_values& series, const reference_data& reference) {
  const auto place = place_of_area(by);
  const auto& code = place ? area_code{series[*place]} : reference.root_area.value_or(area_code{});
  const auto area = reference.areas.find(code);
  if (!area || !reference.areas.row(*area).population) return {};
  auto out = static_cast<double>(*reference.areas.row(*area).population);
  if (place && by.for_each[*place].with_neighbours)
    for (const auto other : reference.areas.neighbours(*area))
      if (may_hold_in(by, by.for_each[*place].by, other, reference))
        out += static_cast<double>(reference.areas.row(other).population.value_or(0));
  if (out <= 0) return {};
  return out;
}

} // namespace forewarn::rules
