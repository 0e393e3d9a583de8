// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/area_cases.hpp"

#include "daemon/tuning/nearness.hpp"
#include "rules/activity.hpp"
#include "rules/scan/area_layout.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

constexpr std::size_t most_cells = 50'000'000;

std::int32_t day_of(instant at, const zone& local) {
  return static_cast<std::int32_t>(
      std::chrono::floor<std::chrono::days>(local.to_civil(at)).time_since_epoch().count());
}

} // namespace

result<area_cases, std::string> cases_by_area(const rules::rule& by, const std::vector<const observation*>& records,
                                              const reference_data& reference) {
  area_cases out;
  auto laid = rules::lay_out(by, reference);
  if (!laid) return failure(laid.error());
  for (const auto index : laid->areas) out.cases.names.push_back(reference.areas.row(index).name);
  out.cases.places = std::move(laid->places);
  out.cases.has_population = laid->has_population;
  out.cases.kilometres = laid->neighbours.empty();
  out.neighbours = std::move(laid->neighbours);

  std::map<std::pair<std::size_t, std::int32_t>, std::vector<const observation*>> cells;
  auto first = std::numeric_limits<std::int32_t>::max(), last = std::numeric_limits<std::int32_t>::min();
  for (const auto& [series, all] : rules::activity_of(by, records, reference).series) {
    if (series.empty()) continue;
    const auto index = reference.areas.find(area_code{series.front().second});
    const auto at = index ? laid->position_of[*index] : rules::area_layout::nowhere;
    if (at == rules::area_layout::nowhere) continue;
    for (const auto* one : all) {
      const auto day = day_of(one->occurred_at, reference.local_zone);
      first = std::min(first, day);
      last = std::max(last, day);
      cells[{at, day}].push_back(one);
    }
  }
  if (cells.empty()) return failure(std::string{"no record of that lies in one of the areas"});
  const auto days = static_cast<std::size_t>(last - first) + 1;
  if (days * out.cases.names.size() > most_cells)
    return failure(fmt::format("{} days in {} areas are more than can be scanned: narrow them by --where or --kind",
                               days, out.cases.names.size()));
  out.cases.first_day = first;
  out.cases.counts = {out.cases.names.size(), days, std::vector<std::uint32_t>(out.cases.names.size() * days, 0)};
  for (const auto& [cell, all] : cells)
    out.cases.counts.cases[cell.first * days + static_cast<std::size_t>(cell.second - first)] =
        static_cast<std::uint32_t>(tuning::counted(by, all));
  return out;
}

} // namespace forewarn::commands
