// SPDX-License-Identifier: Apache-2.0
// A little reference data, and rules written in a line or two, for tests of the rule language.
#pragma once

#include "rules/plan.hpp"

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace forewarn::test {

inline reference_data small_world() {
  problems found;
  reference_data out;
  out.substances = parse_vocabulary(
      {{"vocabulary.yaml", "classes:\n"
                           "  - {id: opioid, name: Opioid}\n"
                           "  - {id: synthetic-opioid, name: Synthetic opioid, parent: opioid}\n"
                           "  - {id: nitazene, name: Nitazene, parent: synthetic-opioid, stems: [nitazene]}\n"
                           "  - {id: benzodiazepine, name: Benzodiazepine}\n"
                           "  - {id: alcohol, name: Alcohol}\n"
                           "  - {id: other, name: Other}\n"
                           "substances:\n"
                           "  - {id: heroin, name: Heroin, class: opioid, synonyms: [diamorphine]}\n"
                           "  - {id: protonitazene, name: Protonitazene, class: nitazene}\n"
                           "  - {id: metonitazene, name: Metonitazene, class: nitazene}\n"
                           "  - {id: diazepam, name: Diazepam, class: benzodiazepine}\n"
                           "results:\n"
                           "  - {id: no-active-component, name: No active component}\n"}},
      found);
  out.kinds = parse_kinds(
      {{"kinds.yaml",
        "kinds:\n"
        "  - {id: ambulance, title: Ambulance call-outs, one: ambulance call-out, many: ambulance call-outs}\n"
        "  - {id: attendance, title: Hospital attendances, one: hospital attendance, many: hospital attendances}\n"
        "  - {id: drug_test, title: Drug tests, one: drug test, many: drug tests}\n"
        "  - {id: death, title: Deaths, one: death, many: deaths}\n"}},
      found);
  out.areas = parse_areas(
      {{"areas.yaml", "areas:\n"
                      "  - {code: E92000001, name: England, level: nation}\n"
                      "  - {code: E08000035, name: Leeds, level: lad, parent: E92000001}\n"
                      "  - {code: E08000032, name: Bradford, level: lad, parent: E92000001}\n"
                      "  - {code: E05011387, name: Armley, level: ward, population: 27000, parent: E08000035, "
                      "neighbours: [E05011388]}\n"
                      "  - {code: E05011388, name: Headingley, level: ward, population: 21000, parent: E08000035}\n"
                      "  - {code: E05016460, name: City, level: ward, parent: E08000032}\n"
                      "  - {code: E05099999, name: City, level: ward, population: 9000, parent: E08000035}\n"}},
      found);
  if (!found.empty()) throw std::logic_error{"the small world is broken: " + render(found, {})};
  out.sites = {{site_id{"hub-1"}, "Kirkgate hub", area_code{"E05011387"}}};
  out.calendars = parse_calendars({{"calendars.yaml", "calendars:\n"
                                                      "  - {id: bank-holiday, title: a bank holiday, days: "
                                                      "[2026-12-25, 2026-12-28]}\n"
                                                      "  - {id: release-friday, title: a Friday, weekdays: [fri]}\n"}},
                                  found);
  out.advice = {"opioid-overdose", "young-people"};
  out.feeds = std::vector<feed_id>{feed_id{"yas"}, feed_id{"wedinos"}};
  return out;
}

inline std::shared_ptr<const reference_data> small_reference() {
  static const auto world = std::make_shared<const reference_data>(small_world());
  return world;
}

// One good rule as a file, with `lines` (each at the level of a rule's keys) in place of the keys they name.
inline std::string file_with(const std::string& lines) {
  const std::vector<std::pair<std::string, std::string>> usual = {{"id", "r"},
                                                                  {"title", "T"},
                                                                  {"owner", "duty-desk"},
                                                                  {"observe", "[ambulance]"},
                                                                  {"detect", "{every_record: {}}"}};
  std::string out = "version: 1\nrules:\n  -\n";
  for (const auto& [key, value] : usual)
    if (("\n" + lines).find("\n" + key + ":") == std::string::npos &&
        ("\n" + lines).find("\n~" + key) == std::string::npos)
      out += "    " + key + ": " + value + "\n";
  std::istringstream in{lines};
  for (std::string line; std::getline(in, line);)
    if (!line.starts_with("~")) out += "    " + line + "\n"; // "~key" leaves the usual key out
  return out;
}

inline rules::loaded_rules load(const std::string& text,
                                std::shared_ptr<const reference_data> reference = small_reference()) {
  return rules::load_rules({{"rules.yaml", text}}, std::move(reference));
}

// The one rule that `lines` make; throws with the problems where it has any errors.
inline rules::rule good_rule(const std::string& lines) {
  const auto text = file_with(lines);
  auto loaded = load(text);
  if (has_errors(loaded.found) || loaded.rules->rules.size() != 1)
    throw std::logic_error{"not a good rule:\n" + text + render(loaded.found, {{"rules.yaml", text}})};
  return loaded.rules->rules.front();
}

// What a problem underlines.
inline std::string underlined(const problem& one, const std::string& text) {
  std::istringstream in{text};
  std::string line;
  for (int i = 0; i < one.at.line; ++i) std::getline(in, line);
  const auto start = static_cast<std::size_t>(one.at.column - 1);
  return start < line.size() ? line.substr(start, static_cast<std::size_t>(one.at.length)) : std::string{};
}

} // namespace forewarn::test
