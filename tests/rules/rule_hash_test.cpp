// SPDX-License-Identifier: Apache-2.0
// The hash is of the meaning: layout, order and words for people do not change it; anything a rule finds does.
#include "rules/small_world.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace forewarn;
using namespace forewarn::test;

namespace {

const char* const usual = "where: {substances: opioid, setting: {not: prison}}\nfor_each: [ward]\n"
                          "detect: {count: {within: 24h, at_least: {amber: 3, red: 5}}}";

} // namespace

TEST_CASE("one meaning, one hash, however it is written") {
  struct row {
    std::string name;
    const char* lines;
  };
  const row rows[] = {
      {"other order", "detect: {count: {at_least: {red: 5, amber: 3}, within: 24h}}\nfor_each: ward\n"
                      "where: {setting: {not: prison}, substances: opioid}"},
      {"block style", "where:\n  substances:\n    - opioid\n  not:\n    setting: [prison]\nfor_each:\n  - ward\n"
                      "detect:\n  count:\n    within: 1d\n    at_least:\n      amber: 3\n      red: 5"},
      {"nested all", "where: {all: [{substances: Opioid}, {all: [{setting: {not: prison}}]}]}\nfor_each: [ward]\n"
                     "detect: {count: {within: 1440m, at_least: {amber: 3.0, red: 5}}}"},
      {"a value twice", "where: {substances: [opioid, opioid], setting: {not: prison}}\nfor_each: [ward]\n"
                        "detect: {count: {within: 24h, at_least: {amber: 3, red: 5}}}"},
      {"another title and owner", "title: Other\nowner: someone\nwhy: because\nalert: {release: automatic, hold: 1h}\n"
                                  "where: {substances: opioid, setting: {not: prison}}\nfor_each: [ward]\n"
                                  "detect: {count: {within: 24h, at_least: {amber: 3, red: 5}}}"},
      {"clear_after as it is by default",
       "clear_after: 24h\nwhere: {substances: opioid, setting: {not: prison}}\n"
       "for_each: [ward]\ndetect: {count: {within: 24h, at_least: {amber: 3, red: 5}}}"},
  };
  const auto wanted = good_rule(usual).hash;
  CHECK(wanted.starts_with("sha256:"));
  CHECK(wanted.size() == 71);
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(good_rule(r.lines).hash == wanted);
  }
}

TEST_CASE("another meaning, another hash") {
  struct row {
    std::string name;
    const char* lines;
  };
  const char* const detect = "\nfor_each: [ward]\ndetect: {count: {within: 24h, at_least: {amber: 3, red: 5}}}";
  const row rows[] = {
      {"threshold", "detect: {count: {within: 24h, at_least: {amber: 4, red: 5}}}"},
      {"level", "detect: {count: {within: 24h, at_least: {info: 3, red: 5}}}"},
      {"window", "detect: {count: {within: 25h, at_least: {amber: 3, red: 5}}}"},
      {"measure", "detect: {count: {within: 24h, at_least: {amber: 3, red: 5}, measure: people}}"},
      {"detector", "detect: {every_record: {}}"},
  };
  const std::string head = "where: {substances: opioid, setting: {not: prison}}\nfor_each: [ward]\n";
  const auto before = good_rule(usual).hash;
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(good_rule(head + r.lines).hash != before);
  }
  for (const std::string where : {"where: {substances: nitazene, setting: {not: prison}}",
                                  "where: {substances: opioid}", "where: {substances: opioid, setting: prison}",
                                  "observe: [ambulance, death]\nwhere: {substances: opioid, setting: {not: prison}}",
                                  "max_delay: 30d\nwhere: {substances: opioid, setting: {not: prison}}",
                                  "clear_after: 72h\nwhere: {substances: opioid, setting: {not: prison}}"}) {
    CAPTURE(where);
    CHECK(good_rule(where + detect).hash != before);
  }
}

TEST_CASE("the substances a class covers are part of the meaning") {
  auto world = small_world();
  auto rows = std::vector<substance>(world.substances.rows().begin(), world.substances.rows().end());
  substance fresh;
  fresh.id = substance_id{"etonitazene"};
  fresh.name = "Etonitazene";
  fresh.parent = substance_id{"nitazene"};
  rows.insert(rows.begin(), fresh); // moves every other row, which must not matter
  world.substances = vocabulary{rows};
  const auto changed = std::make_shared<const reference_data>(std::move(world));

  const auto hash = [](const std::string& lines, const std::shared_ptr<const reference_data>& reference) {
    return load(file_with(lines), reference).rules->rules.at(0).hash;
  };
  CHECK(hash("where: {substances: opioid}", changed) != hash("where: {substances: opioid}", small_reference()));
  CHECK(hash("where: {substances: heroin}", changed) == hash("where: {substances: heroin}", small_reference()));
}
