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

struct placed_postcodes {
  yaml::node prefixes;
  std::string path;
};

void read_postcodes(const placed_postcodes& from, area_table& out, problems& found) {
  const auto complain = [&](const location& at, std::string code, std::string message) {
    found.push_back({from.path, at, severity::error, std::move(code), "postcodes: " + std::move(message)});
  };
  if (!from.prefixes.is_mapping()) complain(from.prefixes.at, "wrong-type", "expected a mapping of prefixes to areas");
  for (const auto& e : from.prefixes.entries) {
    const bool upper = std::all_of(e.key.begin(), e.key.end(),
                                   [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    const auto area = out.find(area_code{e.value.text});
    if (!upper)
      complain(e.key_at, "bad-value", fmt::format("'{}' is not the beginning of a postcode, like CF or CH5", e.key));
    else if (!area)
      complain(e.value.at, "unknown-area", fmt::format("no area has the code '{}'", e.value.text));
    else
      out.add_postcodes(e.key, *area);
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

void area_table::add_postcodes(std::string_view prefix, area_index index) {
  by_postcode_[std::string{prefix}] = index;
}

std::optional<area_index> area_table::of_postcode(std::string_view postcode) const {
  std::string code;
  for (const char c : trim(postcode))
    if (c != ' ') code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const auto letters = std::min(code.size(), code.find_first_of("0123456789"));
  for (std::size_t length = code.size(); length > letters; --length)
    if (const auto it = by_postcode_.find(code.substr(0, length)); it != by_postcode_.end()) {
      // "CH5" is not in "CH53": a digit that goes on is another district, unless an inward half is what follows.
      const bool whole = length == code.size() || code.size() - length == 3 || code[length] < '0' || code[length] > '9';
      if (whole) return it->second;
    }
  const auto it = by_postcode_.find(code.substr(0, letters));
  if (it == by_postcode_.end()) return {};
  return it->second;
}

area_table parse_areas(const std::vector<source_text>& files, problems& found) {
  std::vector<placed_area> placed;
  std::vector<placed_postcodes> postcodes;
  for (const auto& file : files) {
    const auto document = yaml::parse(file);
    if (!document) {
      found.insert(found.end(), document.error().begin(), document.error().end());
      continue;
    }
    yaml::mapping_reader keys{*document, file.path, "", found};
    (void)keys.optional("version");
    const auto* prefixes = keys.optional("postcodes");
    if (prefixes != nullptr) postcodes.push_back({*prefixes, file.path});
    const auto* rows = prefixes == nullptr ? keys.required("areas") : keys.optional("areas");
    keys.finish();
    if (rows == nullptr) continue;
    for (const auto& row : rows->items)
      if (auto one = read_area(row, file.path, found)) placed.push_back({std::move(*one), file.path, row.at});
  }
  check_links(placed, found);
  std::vector<area> rows;
  for (auto& p : placed) rows.push_back(std::move(p.row));
  area_table out{std::move(rows)};
  for (const auto& p : postcodes) read_postcodes(p, out, found);
  return out;
}

} // namespace forewarn
