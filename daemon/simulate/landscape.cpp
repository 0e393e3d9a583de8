// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/landscape.hpp"

#include "daemon/simulate/rates.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

struct kind_row {
  site_kind kind;
  std::string_view id;
  std::string_view name;
  std::string_view setting;
  double per_million;
};
constexpr std::array kinds{
    kind_row{site_kind::hostel, "hostel", "Hostel", "hostel", rates::hostels},
    kind_row{site_kind::club, "club", "Club", "licensed_premises", rates::clubs},
    kind_row{site_kind::hospital, "hospital", "Hospital", "hospital", rates::hospitals},
    kind_row{site_kind::custody_suite, "custody-suite", "Custody suite", "custody", rates::custody_suites},
    kind_row{site_kind::prison, "prison", "Prison", "prison", rates::prisons},
    kind_row{site_kind::event, "event", "Festival", "event", 0},
};

const kind_row& row_of(site_kind kind) {
  return kinds.at(static_cast<std::size_t>(kind));
}

std::string as_written(const area_table& areas, area_index index) {
  const auto& row = areas.row(index);
  return areas.named(row.name, row.level).size() == 1 ? row.name : row.code.str();
}

std::vector<area_index> smallest_areas(const area_table& areas, std::optional<area_index> root) {
  for (const auto level : {area_level::ward, area_level::lad}) {
    std::vector<area_index> out;
    for (area_index i = 0; i < areas.rows().size(); ++i)
      if (areas.row(i).level == level && (!root || areas.is_or_within(i, *root))) out.push_back(i);
    if (!out.empty()) return out;
  }
  return {};
}

// What a district's known wards leave, over its other wards.
double even_share(const area_table& areas, area_index of) {
  const auto outer = areas.ancestors(of);
  if (outer.empty() || !areas.row(outer.front()).population) return 0;
  auto left = static_cast<double>(*areas.row(outer.front()).population);
  int unknown = 0;
  for (const auto inner : areas.within(outer.front())) {
    if (areas.row(inner).level != areas.row(of).level) continue;
    if (areas.row(inner).population)
      left -= static_cast<double>(*areas.row(inner).population);
    else
      ++unknown;
  }
  return unknown == 0 ? 0 : std::max(0.0, left) / unknown;
}

neighbourhood place_at(const area_table& areas, area_index index) {
  const auto& row = areas.row(index);
  neighbourhood out;
  out.area = index;
  out.population = row.population ? static_cast<double>(*row.population) : even_share(areas, index);
  if (row.level == area_level::ward) out.ward = as_written(areas, index);
  if (const auto district = areas.enclosing(index, area_level::lad)) out.district = as_written(areas, *district);
  return out;
}

void build_sites(landscape& land, std::uint64_t seed) {
  dice luck{seed, "sites"};
  std::vector<double> people;
  for (const auto& place : land.places) people.push_back(place.population);
  const wheel by_population{people};
  for (const auto& row : kinds) {
    if (row.per_million <= 0) continue;
    const auto wanted = std::max(1L, std::lround(land.population * row.per_million / 1e6));
    // Hostels stand where harm is; the others where people are.
    const auto& where = row.kind == site_kind::hostel ? land.harm : by_population;
    for (long i = 0; i < wanted; ++i) land.add_site(row.kind, where.draw(luck));
  }
}

} // namespace

std::string_view setting_word(site_kind kind) {
  return row_of(kind).setting;
}

std::vector<std::size_t> landscape::sites_of(site_kind kind) const {
  return of_kind_[static_cast<std::size_t>(kind)];
}

std::optional<std::size_t> landscape::serving(site_kind kind, std::size_t place) const {
  const auto& all = of_kind_[static_cast<std::size_t>(kind)];
  if (all.empty()) return {};
  return all[place * all.size() / places.size()];
}

std::size_t landscape::add_site(site_kind kind, std::size_t place) {
  const auto& row = row_of(kind);
  auto& all = of_kind_[static_cast<std::size_t>(kind)];
  all.push_back(sites.size());
  if (kind == site_kind::hostel) hostels_[place].push_back(sites.size());
  sites.push_back({fmt::format("sim-{}-{}", row.id, all.size()), fmt::format("{} {} (simulated)", row.name, all.size()),
                   kind, place});
  return sites.size() - 1;
}

result<landscape, std::string> survey(const area_table& areas, const std::optional<area_code>& root,
                                      std::uint64_t seed) {
  std::optional<area_index> root_index;
  if (root) {
    root_index = areas.find(*root);
    if (!root_index) return failure(fmt::format("no area has the code '{}'", root->str()));
  }
  landscape out;
  dice luck{seed, "places"};
  std::vector<double> weights;
  for (const auto index : smallest_areas(areas, root_index)) {
    auto place = place_at(areas, index);
    // Drug harm is far from even: between a third and three times what the population alone would give.
    const double burden = exponential((luck.fraction() - 0.5) * 2.2);
    if (place.population <= 0) continue;
    out.population += place.population;
    weights.push_back(place.population * burden);
    out.places.push_back(std::move(place));
  }
  if (out.places.empty())
    return failure(std::string{"no ward or district of the area has a known population: simulate needs areas/ with "
                               "populations, of wards or of their districts"});
  out.harm = wheel{weights};
  out.hostels_.resize(out.places.size());
  out.of_kind_.resize(kinds.size());
  build_sites(out, seed);
  return out;
}

std::string sites_as_yaml(const landscape& land, const area_table& areas) {
  std::string out =
      "# Invented sites of a simulated past: copy this file into sites/ of the configuration that reads it.\n"
      "version: 1\nsites:\n";
  for (const auto& one : land.sites) {
    const auto& place = areas.row(land.places[one.neighbourhood].area);
    out += fmt::format("  - {{id: {}, name: \"{}\"", one.id, one.name);
    if (place.level == area_level::ward) out += fmt::format(", ward: {}", place.code.str());
    out += "}\n";
  }
  return out;
}

} // namespace forewarn::simulate
