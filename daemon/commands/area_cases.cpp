// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/area_cases.hpp"

#include "daemon/tuning/nearness.hpp"
#include "rules/activity.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

constexpr std::size_t most_cells = 50'000'000;

// Where they lie: by centroids, or by who adjoins whom.
result<void, std::string> lay_out(area_cases& out, const std::map<area_index, std::size_t>& position,
                                  const reference_data& reference, area_level level) {
  const auto& areas = reference.areas;
  const bool have_centroids = std::all_of(position.begin(), position.end(), [&](const auto& one) {
    return areas.row(one.first).latitude && areas.row(one.first).longitude;
  });
  bool adjoin = false;
  for (const auto& [index, at] : position) {
    const auto& row = areas.row(index);
    out.cases.names.push_back(row.name);
    out.cases.places.push_back(
        {row.longitude.value_or(0), row.latitude.value_or(0), static_cast<double>(row.population.value_or(0))});
    adjoin = adjoin || !areas.neighbours(index).empty();
  }
  out.cases.has_population =
      std::all_of(out.cases.places.begin(), out.cases.places.end(), [](const auto& one) { return one.population > 0; });
  if (have_centroids) {
    out.cases.kilometres = true;
    series_file::in_kilometres(out.cases.places);
    return {};
  }
  if (!adjoin)
    return failure(
        fmt::format("the areas of level '{}' have neither 'latitude' and 'longitude' nor 'neighbours' in the "
                    "area tables, so nobody can tell which lie together",
                    to_text(level)));
  for (auto& one : out.cases.places) one.x = one.y = 0; // some may have coordinates: steps alone count
  out.neighbours.resize(out.cases.places.size());
  for (const auto& [index, at] : position)
    for (const auto other : areas.neighbours(index))
      if (const auto it = position.find(other); it != position.end()) out.neighbours[at].push_back(it->second);
  return {};
}

std::int32_t day_of(instant at, const zone& local) {
  return static_cast<std::int32_t>(
      std::chrono::floor<std::chrono::days>(local.to_civil(at)).time_since_epoch().count());
}

} // namespace

result<area_cases, std::string> cases_by_area(const rules::rule& by, area_level level,
                                              const std::vector<const observation*>& records,
                                              const reference_data& reference) {
  area_cases out;
  std::map<area_index, std::size_t> position;
  for (area_index index = 0; index < reference.areas.rows().size(); ++index)
    if (reference.areas.row(index).level == level) position.emplace(index, position.size());
  if (position.size() < 2)
    return failure(fmt::format("the area tables hold {} of level '{}'; at least two are needed to tell where",
                               position.size(), to_text(level)));
  if (auto laid = lay_out(out, position, reference, level); !laid) return failure(laid.error());

  std::map<std::pair<std::size_t, std::int32_t>, std::vector<const observation*>> cells;
  auto first = std::numeric_limits<std::int32_t>::max(), last = std::numeric_limits<std::int32_t>::min();
  for (const auto& [series, all] : rules::activity_of(by, records, reference).series) {
    if (series.empty()) continue;
    const auto index = reference.areas.find(area_code{series.front().second});
    const auto at = index ? position.find(*index) : position.end();
    if (at == position.end()) continue;
    for (const auto* one : all) {
      const auto day = day_of(one->occurred_at, reference.local_zone);
      first = std::min(first, day);
      last = std::max(last, day);
      cells[{at->second, day}].push_back(one);
    }
  }
  if (cells.empty()) return failure(fmt::format("no record of that lies in an area of level '{}'", to_text(level)));
  const auto days = static_cast<std::size_t>(last - first) + 1;
  if (days * position.size() > most_cells)
    return failure(fmt::format("{} days in {} areas are more than can be scanned: narrow them by --where or --kind",
                               days, position.size()));
  out.cases.first_day = first;
  out.cases.counts = {position.size(), days, std::vector<std::uint32_t>(position.size() * days, 0)};
  for (const auto& [cell, all] : cells)
    out.cases.counts.cases[cell.first * days + static_cast<std::size_t>(cell.second - first)] =
        static_cast<std::uint32_t>(tuning::counted(by, all));
  return out;
}

} // namespace forewarn::commands
