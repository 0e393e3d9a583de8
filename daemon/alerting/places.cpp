// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/places.hpp"

#include "daemon/alerting/tally.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

constexpr std::size_t most_wards_named = 3; // wards in one sentence; beyond that the district says it better

bool ward_is_too_close(audience to) {
  return to >= audience::people_who_use_drugs;
}

area_index coarsened(area_index where, const reference_data& reference, audience to) {
  const auto level = ward_is_too_close(to) ? area_level::lad : area_level::ward;
  const bool closer = reference.areas.row(where).level > level; // areas are ordered from nation down to place
  if (!closer) return where;
  return reference.areas.enclosing(where, level).value_or(where);
}

std::string full_name(area_index where, const reference_data& reference) {
  const auto& row = reference.areas.row(where);
  const auto district = reference.areas.enclosing(where, area_level::lad);
  if (!district || *district == where) return row.name;
  return fmt::format("{}, {}", row.name, reference.areas.row(*district).name);
}

std::vector<area_index> areas_of(const observation& one, const reference_data& reference) {
  for (const auto* code : {&one.ward, &one.lsoa, &one.msoa, &one.lad, &one.area})
    if (*code)
      if (const auto index = reference.areas.find(**code)) return {*index};
  if (one.site)
    for (const auto& site : reference.sites)
      if (site.id == *one.site && site.ward)
        if (const auto index = reference.areas.find(*site.ward)) return {*index};
  return {};
}

const std::string* in_series(const signal_facts& facts, std::string_view field) {
  for (const auto& [name, value] : facts.state.series)
    if (name == field && value != "unknown") return &value;
  return nullptr;
}

std::vector<area_index> areas_in_series(const signal_facts& facts, const reference_data& reference) {
  for (const auto* field : {"lsoa", "msoa", "ward", "lad", "area"})
    if (const auto* code = in_series(facts, field))
      if (const auto index = reference.areas.find(area_code{*code})) return {*index};
  return {};
}

void keep_once(std::vector<area_index>& areas) {
  std::sort(areas.begin(), areas.end());
  areas.erase(std::unique(areas.begin(), areas.end()), areas.end());
}

// The wards of the evidence; too many of them become their districts.
std::vector<area_index> areas_in_evidence(const signal_facts& facts, const reference_data& reference, audience to) {
  std::vector<area_index> out;
  for (const auto& one : facts.evidence)
    for (const auto index : areas_of(one, reference)) out.push_back(coarsened(index, reference, to));
  keep_once(out);
  if (out.size() <= most_wards_named) return out;
  for (auto& index : out) index = reference.areas.enclosing(index, area_level::lad).value_or(index);
  keep_once(out);
  return out;
}

std::string name_all(const std::vector<area_index>& areas, const reference_data& reference) {
  std::vector<std::string> names;
  std::optional<std::string> district;
  bool one_district = areas.size() > 1;
  for (const auto index : areas) {
    const auto lad = reference.areas.enclosing(index, area_level::lad);
    const auto name = lad && *lad != index ? reference.areas.row(*lad).name : std::string{};
    if (name.empty() || (district && *district != name)) one_district = false;
    district = name;
  }
  if (one_district) { // "Armley and Beeston, Leeds": the district said once
    for (const auto index : areas) names.push_back(reference.areas.row(index).name);
    return join_and(names) + ", " + *district;
  }
  for (const auto index : areas) names.push_back(full_name(index, reference));
  if (names.size() <= most_wards_named) return join(names, "; ");
  return fmt::format("{} areas", names.size());
}

// A site is shown by name to those who work with it, and to nobody else.
std::string site_name(const signal_facts& facts, const reference_data& reference, audience to) {
  const auto* id = in_series(facts, "site");
  if (id == nullptr || !reads_exact_counts(to)) return {};
  for (const auto& site : reference.sites)
    if (site.id.str() == *id) return site.name + ", ";
  return *id + ", ";
}

bool counts_neighbours(const signal_facts& facts) {
  return facts.rule != nullptr && std::any_of(facts.rule->for_each.begin(), facts.rule->for_each.end(),
                                              [](const rules::grouping& g) { return g.with_neighbours; });
}

} // namespace

place place_of(const signal_facts& facts, const reference_data& reference, audience to) {
  auto areas = areas_in_series(facts, reference);
  const bool from_series = !areas.empty();
  if (from_series)
    areas.front() = coarsened(areas.front(), reference, to);
  else
    areas = areas_in_evidence(facts, reference, to);
  place out;
  if (areas.empty() && reference.root_area) {
    if (const auto root = reference.areas.find(*reference.root_area)) {
      out.areas.push_back(*reference.root_area);
      out.name =
          site_name(facts, reference, to) + "somewhere in " + reference.areas.row(*root).name + ", place not recorded";
      return out;
    }
  }
  for (const auto index : areas) out.areas.push_back(reference.areas.row(index).code);
  out.name = site_name(facts, reference, to) + (areas.empty() ? "place not recorded" : name_all(areas, reference));
  if (from_series && counts_neighbours(facts) && !ward_is_too_close(to)) out.name += ", and adjoining wards";
  return out;
}

} // namespace forewarn::alerting
