// SPDX-License-Identifier: Apache-2.0
#include "forewarn/area.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn {
namespace {

// How a name is looked up: "Burley & Woodhouse" and "Burley and Woodhouse" are one place.
std::string name_key(std::string_view name) {
  std::string spoken;
  for (const char c : name) {
    if (c == '&')
      spoken += " and ";
    else
      spoken += c;
  }
  return fold(spoken);
}

struct placed_area {
  area row;
  std::string path;
  location at;
};

std::optional<area> read_area(const yaml::node& row, const std::string& path, problems& found) {
  yaml::mapping_reader keys{row, path, "area: ", found};
  const auto code = keys.required_text("code");
  if (code) keys.set_subject(fmt::format("area '{}': ", *code));
  const auto name = keys.required_text("name");
  const auto level_text = keys.required_text("level");
  area out;
  if (const auto parent = keys.optional_text("parent")) out.parent = area_code{*parent};
  out.population = keys.optional_integer("population", 0, 10'000'000'000);
  out.latitude = keys.optional_number("latitude");
  out.longitude = keys.optional_number("longitude");
  for (const auto* neighbour : keys.optional_list("neighbours")) out.neighbours.emplace_back(neighbour->text);
  keys.finish();
  if (!code || !name || !level_text) return {};
  const auto level = from_text<area_level>(*level_text);
  if (!level) {
    keys.complain(row.find("level")->value.at, "bad-value",
                  fmt::format("no area level '{}'; one of {}{}", *level_text, join_or(all_spellings<area_level>()),
                              suggestion(*level_text, all_spellings<area_level>())));
    return {};
  }
  out.code = area_code{*code};
  out.name = *name;
  out.level = *level;
  return out;
}

void check_links(const std::vector<placed_area>& placed, problems& found) {
  std::unordered_map<area_code, const placed_area*> by_code;
  for (const auto& p : placed)
    if (const auto [it, fresh] = by_code.emplace(p.row.code, &p); !fresh)
      found.push_back({p.path, p.at, severity::error, "duplicate-id",
                       fmt::format("area '{}' was already given at {}:{}", p.row.code.str(), it->second->path,
                                   it->second->at.line)});
  for (const auto& p : placed) {
    const auto complain = [&](const area_code& other, std::string_view role) {
      found.push_back({p.path, p.at, severity::error, "unknown-area",
                       fmt::format("area '{}': its {} '{}' is in no areas file", p.row.code.str(), role, other.str())});
    };
    if (p.row.parent && !by_code.contains(*p.row.parent)) complain(*p.row.parent, "parent");
    for (const auto& n : p.row.neighbours)
      if (!by_code.contains(n)) complain(n, "neighbour");
    std::size_t steps = 0;
    for (const auto* up = &p; up->row.parent && by_code.contains(*up->row.parent); up = by_code.at(*up->row.parent))
      if (++steps > 16) {
        found.push_back({p.path, p.at, severity::error, "bad-value",
                         fmt::format("area '{}': its parents lead round in a circle", p.row.code.str())});
        break;
      }
  }
}

} // namespace

area_table::area_table(std::vector<area> rows) : rows_{std::move(rows)} {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    by_code_.emplace(rows_[i].code, static_cast<area_index>(i));
    by_name_.emplace(name_key(rows_[i].name), static_cast<area_index>(i));
  }
  ancestors_.resize(rows_.size());
  neighbours_.resize(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto parent = rows_[i].parent;
    while (parent && ancestors_[i].size() < 16) {
      const auto up = find(*parent);
      if (!up) break;
      ancestors_[i].push_back(*up);
      parent = rows_[*up].parent;
    }
  }
  const auto link = [this](std::size_t from, area_index to) {
    auto& list = neighbours_[from];
    if (from != to && std::find(list.begin(), list.end(), to) == list.end()) list.push_back(to);
  };
  // Adjoining is mutual, whichever of the two rows says it.
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (const auto& code : rows_[i].neighbours)
      if (const auto other = find(code)) {
        link(i, *other);
        link(*other, static_cast<area_index>(i));
      }
  for (auto& list : neighbours_) std::sort(list.begin(), list.end());
}

std::optional<area_index> area_table::find(const area_code& code) const {
  const auto it = by_code_.find(code);
  if (it == by_code_.end()) return {};
  return it->second;
}

std::vector<area_index> area_table::named(std::string_view code_or_name, std::optional<area_level> level) const {
  const auto fits = [&](area_index i) { return !level || rows_[i].level == *level; };
  if (const auto exact = find(area_code{code_or_name}); exact && fits(*exact)) return {*exact};
  std::vector<area_index> out;
  const auto [first, last] = by_name_.equal_range(name_key(code_or_name));
  for (auto it = first; it != last; ++it)
    if (fits(it->second)) out.push_back(it->second);
  std::sort(out.begin(), out.end());
  return out;
}

bool area_table::is_or_within(area_index inner, area_index outer) const {
  if (inner == outer) return true;
  const auto& up = ancestors_.at(inner);
  return std::find(up.begin(), up.end(), outer) != up.end();
}

std::vector<area_index> area_table::within(area_index outer) const {
  std::vector<area_index> out;
  for (area_index i = 0; i < rows_.size(); ++i)
    if (is_or_within(i, outer)) out.push_back(i);
  return out;
}

std::optional<area_index> area_table::enclosing(area_index index, area_level level) const {
  if (rows_.at(index).level == level) return index;
  for (const auto up : ancestors_.at(index))
    if (rows_[up].level == level) return up;
  return {};
}

std::string area_table::name_of(const area_code& code) const {
  const auto index = find(code);
  return index ? rows_[*index].name : code.str();
}

std::vector<std::string> area_table::all_words() const {
  std::vector<std::string> out;
  for (const auto& r : rows_) {
    out.push_back(r.name);
    out.push_back(r.code.str());
  }
  return out;
}

area_table parse_areas(const std::vector<source_text>& files, problems& found) {
  std::vector<placed_area> placed;
  for (const auto& file : files) {
    const auto document = yaml::parse(file);
    if (!document) {
      found.insert(found.end(), document.error().begin(), document.error().end());
      continue;
    }
    yaml::mapping_reader keys{*document, file.path, "", found};
    (void)keys.optional("version");
    const auto* rows = keys.required("areas");
    keys.finish();
    if (rows == nullptr) continue;
    for (const auto& row : rows->items)
      if (auto one = read_area(row, file.path, found)) placed.push_back({std::move(*one), file.path, row.at});
  }
  check_links(placed, found);
  std::vector<area> rows;
  for (auto& p : placed) rows.push_back(std::move(p.row));
  return area_table{std::move(rows)};
}

} // namespace forewarn
