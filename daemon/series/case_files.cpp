// SPDX-License-Identifier: Apache-2.0
#include "daemon/series/case_files.hpp"

#include "daemon/series/csv_table.hpp"
#include "daemon/series/plain_series.hpp"
#include "rules/detectors/settings.hpp"
#include "rules/scan/area_layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace forewarn::series_file {
namespace {

constexpr std::size_t most_days = 20'000;
constexpr std::size_t most_cells = 200'000'000; // places times days
constexpr double most_cases = 4e9;

using index_by_name = std::map<std::string, std::size_t>;

result<index_by_name, std::string> read_places(const std::string& file, placed_cases& into) {
  const auto table = read_csv_table(file);
  if (!table) return failure(table.error());
  auto name = table->column("location");
  if (!name) name = table->column("place");
  auto x = table->column("x"), y = table->column("y");
  if (!x || !y) {
    x = table->column("long");
    y = table->column("lat");
    into.kilometres = true;
  }
  if (!name || !x || !y)
    return failure(
        fmt::format("{}:1: the header is location,x,y[,population] or location,lat,long[,population]", file));
  const auto population = table->column("population");
  into.has_population = population.has_value();
  index_by_name out;
  for (const auto& row : table->rows) {
    const auto at_x = detectors::read_number(row.fields[*x]), at_y = detectors::read_number(row.fields[*y]);
    const auto people = population ? detectors::read_number(row.fields[*population]) : std::optional{0.0};
    if (!at_x || !at_y || !people || *people < 0)
      return failure(table->at(row, "a place has two coordinates, and a population of 0 or more where there is one"));
    if (!out.emplace(row.fields[*name], into.places.size()).second)
      return failure(table->at(row, fmt::format("'{}' is there twice", row.fields[*name])));
    into.names.push_back(row.fields[*name]);
    into.places.push_back({*at_x, *at_y, *people});
  }
  if (into.places.size() < 2) return failure(fmt::format("{}: at least two places are needed to tell where", file));
  if (into.kilometres) rules::in_kilometres(into.places);
  return out;
}

struct case_row {
  std::size_t place = 0;
  std::int32_t day = 0;
  std::uint32_t cases = 0;
};

result<std::vector<case_row>, std::string> read_rows(const std::string& file, const index_by_name& places) {
  const auto table = read_csv_table(file);
  if (!table) return failure(table.error());
  auto place = table->column("location");
  if (!place) place = table->column("place");
  const auto date = table->column("date"), count = table->column("count");
  if (!place || !date) return failure(fmt::format("{}:1: the header is location,date[,count]", file));
  std::vector<case_row> out;
  double all = 0;
  for (const auto& row : table->rows) {
    const auto found = places.find(row.fields[*place]);
    if (found == places.end())
      return failure(table->at(row, fmt::format("'{}' is not among the places", row.fields[*place])));
    const auto day = read_day_number(row.fields[*date]);
    if (!day) return failure(table->at(row, fmt::format("'{}' is no date such as 2026-01-05", row.fields[*date])));
    const auto cases = count ? detectors::read_number(row.fields[*count]) : std::optional{1.0};
    if (cases) all += *cases;
    if (!cases || *cases < 0 || *cases != std::floor(*cases) || all > most_cases)
      return failure(
          table->at(row, "a count is a whole number from 0, and all together are no more than 4 thousand million"));
    out.push_back({found->second, *day, static_cast<std::uint32_t>(*cases)});
  }
  if (out.empty()) return failure(fmt::format("{}: has no case", file));
  return out;
}

} // namespace

result<placed_cases, std::string> read_cases(const std::string& cases, const std::string& places) {
  placed_cases out;
  const auto known = read_places(places, out);
  if (!known) return failure(known.error());
  const auto rows = read_rows(cases, *known);
  if (!rows) return failure(rows.error());
  const auto [first, last] =
      std::minmax_element(rows->begin(), rows->end(), [](const auto& a, const auto& b) { return a.day < b.day; });
  const auto days = static_cast<std::size_t>(last->day - first->day) + 1;
  if (days > most_days || days * out.places.size() > most_cells)
    return failure(fmt::format("{}: from {} to {} are too many days for so many places; is a date mistyped?", cases,
                               day_text(first->day), day_text(last->day)));
  out.first_day = first->day;
  out.counts = {out.places.size(), days, std::vector<std::uint32_t>(out.places.size() * days, 0)};
  for (const auto& row : *rows)
    out.counts.cases[row.place * days + static_cast<std::size_t>(row.day - out.first_day)] += row.cases;
  return out;
}

} // namespace forewarn::series_file
