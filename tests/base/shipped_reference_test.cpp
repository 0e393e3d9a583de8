// SPDX-License-Identifier: Apache-2.0
// The vocabulary and areas that Forewarn ships load without a problem and know what the rule language promises.
#include "forewarn/area.hpp"
#include "forewarn/text.hpp"
#include "forewarn/vocabulary.hpp"
#include "forewarn/vocabulary_files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace forewarn;

namespace {

std::vector<source_text> shipped(const std::string& folder, const std::string& only = {}) {
  std::vector<source_text> out;
  for (const auto& entry :
       std::filesystem::directory_iterator{std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc" / folder}) {
    if (entry.path().extension() != ".yaml" || (!only.empty() && entry.path().filename() != only)) continue;
    std::ostringstream text;
    text << std::ifstream{entry.path()}.rdbuf();
    out.push_back({entry.path().filename().string(), text.str()});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  REQUIRE_FALSE(out.empty());
  return out;
}

void check_none(const problems& found) {
  for (const auto& p : found) FAIL_CHECK(p.path << ":" << p.at.line << ": " << p.message);
}

vocabulary shipped_vocabulary() {
  problems found;
  auto words = parse_vocabulary(sorted_vocabulary(shipped("vocabulary")).substances, found);
  check_none(found);
  return words;
}

} // namespace

TEST_CASE("the shipped vocabulary has every class of the rule language, each where it belongs") {
  const auto words = shipped_vocabulary();
  struct row {
    const char* name;
    const char* within; // null: at the top
  };
  const row rows[] = {
      {"opioid", nullptr},
      {"synthetic-opioid", "opioid"},
      {"nitazene", "synthetic-opioid"},
      {"fentanyl-analogue", "synthetic-opioid"},
      {"benzodiazepine", nullptr},
      {"street-benzodiazepine", "benzodiazepine"},
      {"z-drug", nullptr},
      {"gabapentinoid", nullptr},
      {"alpha-2-agonist", nullptr},
      {"depressant", nullptr},
      {"alcohol", nullptr},
      {"stimulant", nullptr},
      {"cathinone", "stimulant"},
      {"dissociative", nullptr},
      {"psychedelic", nullptr},
      {"cannabinoid", nullptr},
      {"scra", "cannabinoid"},
      {"inhalant", nullptr},
      {"steroid", nullptr},
      {"cutting-agent", nullptr},
      {"other", nullptr},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto index = words.find(substance_id{r.name});
    REQUIRE(index.has_value());
    const auto& parent = words.row(*index).parent;
    CHECK(words.row(*index).is_class);
    CHECK((parent ? parent->str() : "") == (r.within == nullptr ? std::string{} : r.within));
  }
  const auto drugs = std::count_if(words.rows().begin(), words.rows().end(),
                                   [](const substance& s) { return !s.is_class && !s.is_result; });
  CHECK(drugs >= 200);
}

TEST_CASE("what people write finds the substance that they mean") {
  const auto words = shipped_vocabulary();
  struct row {
    const char* name; // as written
    const char* id;
    const char* of_class; // null: none
    naloxone_response naloxone;
  };
  const row rows[] = {
      {"Diamorphine", "heroin", "opioid", naloxone_response::reverses},
      {"smack", "heroin", "opioid", naloxone_response::reverses},
      {"N-desethylprotonitazene", "n-desethyl-protonitazene", "nitazene", naloxone_response::reverses},
      {"Isotonitazepyne", "n-pyrrolidino-isotonitazene", "nitazene", naloxone_response::reverses},
      {"Subutex", "buprenorphine", "opioid", naloxone_response::partly},
      {"bromazolam", "bromazolam", "street-benzodiazepine", naloxone_response::no},
      {"Desalkyligidazepam", "desalkylgidazepam", "street-benzodiazepine", naloxone_response::no},
      {"2-bromo-4,5-dimethoxyphenethylamine", "2c-b", "psychedelic", naloxone_response::no},
      {"Spice", "scra", "scra", naloxone_response::no},
      {"Xylazine", "xylazine", "alpha-2-agonist", naloxone_response::no},
      {"M-CAT", "mephedrone", "cathinone", naloxone_response::no},
      {"No Active Component Identified", "no-active-component", nullptr, naloxone_response::unknown},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto index = words.named(r.name);
    REQUIRE(index.has_value());
    CHECK(words.row(*index).id.str() == r.id);
    const auto of = words.class_of(*index);
    CHECK((of ? words.row(*of).id.str() : "") == (r.of_class == nullptr ? std::string{} : r.of_class));
    CHECK((words.naloxone(*index) == r.naloxone));
  }
  for (const char* ambiguous : {"gear", "blues", "meth", "G", "brown", "white"}) {
    CAPTURE(ambiguous);
    CHECK_FALSE(words.named(ambiguous).has_value());
  }
}

TEST_CASE("a word that no file lists still lands in its class") {
  const auto words = shipped_vocabulary();
  struct row {
    const char* name;
    const char* of_class;
  };
  const row rows[] = {{"butylonitazene", "nitazene"},
                      {"ocfentanil", "fentanyl-analogue"},
                      {"fluclotizolam", "street-benzodiazepine"},
                      {"cumyl-pegaclone", nullptr},
                      {"adb-5f-pinaca", "scra"}};
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto of = words.class_by_stem(fold(r.name));
    REQUIRE(of.has_value() == (r.of_class != nullptr));
    if (of) CHECK(words.row(*of).id.str() == r.of_class);
  }
}

TEST_CASE("the shipped settings have words for every setting of the contract") {
  problems found;
  const auto settings = parse_settings(shipped("vocabulary", "settings.yaml"), found);
  check_none(found);
  std::vector<std::string> ids;
  for (const auto& row : settings) ids.emplace_back(to_text(row.id));
  CHECK(ids == all_spellings<setting>());
}

TEST_CASE("the shipped vocabulary: enough substances, each in a class that says what naloxone does") {
  const auto words = shipped_vocabulary();
  std::size_t substances = 0;
  for (std::size_t i = 0; i < words.rows().size(); ++i) {
    const auto& row = words.rows()[i];
    const auto index = static_cast<substance_index>(i);
    if (row.is_class || row.is_result) continue;
    ++substances;
    CAPTURE(row.id.str());
    CHECK(words.class_of(index).has_value());
    const bool opioid = words.is_or_within(index, *words.find(substance_id{"opioid"}));
    const auto response = words.naloxone(index);
    if (opioid)
      CHECK((response == naloxone_response::reverses || response == naloxone_response::partly));
    else
      CHECK((response == naloxone_response::no || response == naloxone_response::unknown));
  }
  CHECK(substances >= 120);
  CHECK(words.row(*words.find(substance_id{"naloxone"})).antidote);
}

TEST_CASE("ambiguous words: the class that all they may be share, and mistakes") {
  const auto words = shipped_vocabulary();
  const auto shared = [&](std::string_view word) -> std::string {
    for (const auto& one : words.ambiguous())
      if (one.word == word) return one.both ? words.row(*one.both).id.str() : "";
    return "not there";
  };
  CHECK(shared("gear").empty());
  CHECK(shared("blues").empty());
  CHECK(shared("bars") == "benzodiazepine");
  CHECK(shared("crystal") == "stimulant");
  problems found;
  (void)parse_vocabulary({{"v.yaml", "classes: [{id: opioid}]\nsubstances: [{id: heroin, class: opioid}]\n"
                                     "ambiguous:\n  - {word: heroin, may_be: [opioid]}\n"
                                     "  - {word: gear, may_be: [heroyn]}\n  - {word: dope}\n"}},
                         found);
  std::string said;
  for (const auto& p : found) said += std::to_string(p.at.line) + " " + p.code + ": " + p.message + "\n";
  CHECK(said == "6 missing-key: ambiguous word 'dope': 'may_be' lists the substances that it may be\n"
                "4 duplicate-id: ambiguous word 'heroin': it already is a name of 'heroin'\n"
                "5 unknown-substance: ambiguous word 'gear': no substance 'heroyn'; did you mean 'heroin'?\n");
}

TEST_CASE("the shipped kinds are those of the contract") {
  problems found;
  const auto kinds = parse_kinds(shipped("vocabulary", "kinds.yaml"), found);
  check_none(found);
  std::vector<std::string> ids;
  for (const auto& k : kinds) ids.push_back(k.id.str());
  CHECK(ids == std::vector<std::string>{"ambulance", "attendance", "admission", "drug_test", "death", "naloxone",
                                        "custody", "report", "other"});
}

TEST_CASE("the shipped areas hold West Yorkshire, with Leeds whole") {
  problems found;
  const auto areas = parse_areas(shipped("areas"), found);
  check_none(found);
  const auto leeds = *areas.find(area_code{"E08000035"});
  std::int64_t people = 0;
  int wards = 0;
  for (const auto i : areas.within(leeds)) {
    if (areas.row(i).level != area_level::ward) continue;
    CAPTURE(areas.row(i).name);
    ++wards;
    REQUIRE(areas.row(i).population.has_value());
    people += *areas.row(i).population;
    CHECK_FALSE(areas.neighbours(i).empty());
    CHECK(areas.row(i).latitude.has_value());
  }
  CHECK(wards == 33);
  CHECK(people == *areas.row(leeds).population); // every resident in exactly one ward
  for (const auto& [code, expected] :
       {std::pair{"E08000032", 30}, {"E08000033", 18}, {"E08000034", 23}, {"E08000036", 21}}) {
    CAPTURE(code);
    CHECK(areas.within(*areas.find(area_code{code})).size() == static_cast<std::size_t>(expected) + 1);
  }
  CHECK(areas.named("Burmantofts and Richmond Hill") == areas.named("Burmantofts & Richmond Hill"));
  CHECK(areas.named("burmantofts and richmond hill").size() == 1);
  CHECK(areas.is_or_within(leeds, *areas.find(area_code{"K04000001"})));
  CHECK(areas.is_or_within(*areas.find(area_code{"W92000004"}), *areas.find(area_code{"K04000001"})));
  CHECK_FALSE(areas.is_or_within(*areas.find(area_code{"S92000003"}), *areas.find(area_code{"K04000001"})));
}
