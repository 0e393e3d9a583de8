// SPDX-License-Identifier: Apache-2.0
#include "forewarn/area.hpp"
#include "forewarn/vocabulary.hpp"

#include <doctest/doctest.h>

using namespace forewarn;

TEST_CASE("areas know what they lie in, their neighbours and their names") {
  problems found;
  const auto table = parse_areas({{"a.yaml", R"(areas:
  - {code: W1, name: Armley, level: ward, parent: L1, population: 26000, neighbours: [W2]}
  - {code: W2, name: Bramley, level: ward, parent: L1}
  - {code: L1, name: Leeds, level: lad, parent: C1}
  - {code: C1, name: West Yorkshire, level: county}
)"}},
                                 found);
  REQUIRE(found.empty());
  const auto armley = table.named("armley").at(0);
  const auto bramley = *table.find(area_code{"W2"});
  CHECK(table.is_or_within(armley, *table.find(area_code{"C1"})));
  CHECK_FALSE(table.is_or_within(*table.find(area_code{"C1"}), armley));
  CHECK(table.row(*table.enclosing(armley, area_level::lad)).name == "Leeds");
  CHECK(table.neighbours(bramley).size() == 1); // said by one, true for both
  CHECK(table.within(*table.find(area_code{"L1"})).size() == 3);
  CHECK(table.named("Leeds", area_level::ward).empty());
}

TEST_CASE("an areas file that contradicts itself is refused with its places") {
  problems found;
  (void)parse_areas(
      {{"a.yaml",
        "areas:\n  - {code: A, name: A, level: ward, parent: B}\n  - {code: B, name: B, level: ward, parent: A}\n"
        "  - {code: A, name: C, level: wrad}\n  - {code: A, name: D, level: lad, parent: X, neighbours: [Y]}\n"}},
      found);
  std::vector<std::string> codes;
  for (const auto& p : found) codes.push_back(p.code);
  for (const char* expected : {"bad-value", "duplicate-id", "unknown-area"}) {
    CAPTURE(expected);
    CHECK(std::find(codes.begin(), codes.end(), expected) != codes.end());
  }
}

TEST_CASE("substances know their classes, by name, synonym and stem") {
  problems found;
  const auto words = parse_vocabulary({{"v.yaml", R"(classes:
  - {id: opioid, name: Opioids, naloxone: reverses}
  - {id: synthetic-opioid, name: Synthetic opioids, parent: opioid}
  - {id: nitazene, name: Nitazenes, parent: synthetic-opioid, stems: [nitazene, nitazepyne]}
  - {id: other, name: Other}
substances:
  - {id: n-desethyl-isotonitazene, name: N-desethyl isotonitazene, class: nitazene, synonyms: [norisotonitazene]}
  - {id: caffeine, class: other, cutting_agent: true}
results:
  - {id: no-active-component, synonyms: [No Active Component Identified]}
)"}},
                                      found);
  REQUIRE(found.empty());
  const auto found_drug = words.named("N\u2011Desethyl Isotonitazene");
  REQUIRE(found_drug.has_value());
  CHECK(words.named("NORISOTONITAZENE") == found_drug);
  CHECK(words.is_or_within(*found_drug, *words.find(substance_id{"opioid"})));
  CHECK((words.naloxone(*found_drug) == naloxone_response::reverses));
  CHECK(words.row(*words.class_of(*found_drug)).id.str() == "nitazene");
  CHECK(words.row(*words.class_by_stem("ethyleneoxynitazene")).id.str() == "nitazene");
  CHECK_FALSE(words.class_by_stem("nitazene").has_value()); // the class itself is no unlisted member
  CHECK_FALSE(words.class_of(*words.named("no active component identified")).has_value());
}

TEST_CASE("one name cannot belong to two substances") {
  problems found;
  (void)parse_vocabulary({{"v.yaml", "classes:\n  - {id: c}\nsubstances:\n  - {id: a, class: c, synonyms: [Blues]}\n  "
                                     "- {id: b, class: c, synonyms: [blues]}\n  - {id: d, class: nothing}\n"}},
                         found);
  REQUIRE(found.size() == 2);
  CHECK(found[0].code == "duplicate-id");
  CHECK(found[1].code == "unknown-substance");
}

TEST_CASE("where a table's file wants a list, something else is told at its place and the other files go on") {
  struct row {
    const char* name;
    const char* text;
    const char* told; // line and code; empty where nothing is
  };
  const row rows[] = {
      {"a number", "version: 1\nkinds: 7\n", "2 wrong-type"},
      {"a mapping", "kinds: {id: one}\n", "1 wrong-type"},
      {"no list at all", "version: 1\n", "1 missing-key"},
      {"an empty list", "kinds:\n", ""},
  };
  const source_text good{"good.yaml", "kinds: [{id: ambulance, title: A, one: a, many: as}]\n"};
  for (const auto& r : rows) {
    CAPTURE(r.name);
    problems found;
    CHECK(parse_kinds({{"odd.yaml", r.text}, good}, found).size() == 1);
    std::string told;
    for (const auto& one : found) told += std::to_string(one.at.line) + " " + one.code;
    CHECK(told == r.told);
  }
}
