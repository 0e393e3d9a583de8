// SPDX-License-Identifier: Apache-2.0
// Code systems: what a code means, which codes are of another subject, which nobody knows; and their files' mistakes.
#include "forewarn/code_systems.hpp"
#include "forewarn/vocabulary_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace forewarn;

namespace {

vocabulary few_substances() {
  problems found;
  auto out = parse_vocabulary(
      {{"v.yaml", "classes:\n  - {id: opioid}\nsubstances:\n  - {id: heroin, class: opioid}\n"}}, found);
  REQUIRE(found.empty());
  return out;
}

struct loaded {
  code_systems systems;
  std::string said;
};

loaded load(const std::vector<source_text>& files) {
  problems found;
  loaded out{parse_code_systems(files, few_substances(), found), {}};
  for (const auto& p : found)
    out.said +=
        (out.said.empty() ? "" : "\n") + p.path + ":" + std::to_string(p.at.line) + " " + p.code + ": " + p.message;
  return out;
}

// "poisoning heroin accidental", "elsewhere" or "unknown".
std::string answer(const code_system& system, std::string_view code) {
  const auto found = system.lookup(code);
  if (found.standing == code_standing::unknown) return "unknown";
  if (found.standing == code_standing::elsewhere) return "elsewhere";
  std::string out{to_text(found.row->event)};
  for (const auto& id : found.row->substances) out += " " + id.str();
  if (found.row->intent) out += " " + std::string{to_text(*found.row->intent)};
  return out;
}

vocabulary_files shipped() {
  std::vector<source_text> files;
  const auto root = std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc" / "vocabulary";
  for (const auto& entry : std::filesystem::recursive_directory_iterator{root}) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream in{entry.path()};
    files.push_back({entry.path().string(), {std::istreambuf_iterator<char>{in}, {}}});
  }
  return sorted_vocabulary(std::move(files));
}

} // namespace

TEST_CASE("the shipped code systems: the longest beginning answers, dots and dashes do not matter") {
  const auto files = shipped();
  problems found;
  const auto substances = parse_vocabulary(files.substances, found);
  const auto systems = parse_code_systems(files.codes, substances, found);
  for (const auto& p : found) FAIL_CHECK(p.path << ":" << p.at.line << ": " << p.message);
  struct row {
    const char* name;
    const char* system;
    const char* code;
    const char* says;
  };
  const row rows[] = {
      {"heroin", "icd10", "T40.1", "poisoning heroin"},
      {"without the dot", "icd10", "T401", "poisoning heroin"},
      {"small letters and blanks", "icd10", " t40.1 ", "poisoning heroin"},
      {"longer than listed", "icd10", "T40.1X1A", "poisoning heroin"},
      {"only its block is listed", "icd10", "T40.Z", "poisoning"},
      {"methadone", "icd10", "T403", "poisoning methadone"},
      {"the dagger of an underlying cause", "icd10", "T40.5†", "poisoning cocaine"},
      {"acute intoxication", "icd10", "F11.0", "intoxication opioid"},
      {"dependence is no event", "icd10", "F11.2", "use opioid"},
      {"accidental", "icd10", "X42.9", "poisoning accidental"},
      {"self-harm", "icd10", "X62", "poisoning self_harm"},
      {"assault", "icd10", "X85", "poisoning assault"},
      {"undetermined", "icd10", "Y12", "poisoning undetermined"},
      {"benzodiazepines", "icd10", "T42.4", "poisoning benzodiazepine"},
      {"another subject", "icd10", "J45.9", "elsewhere"},
      {"alcohol is another subject", "icd10", "F10.0", "elsewhere"},
      {"no code of this system", "icd10", "HEROIN OD", "unknown"},
      {"half a code", "icd10", "T4", "unknown"},
      {"nothing", "icd10", "", "unknown"},
      {"protocol 23", "ampds", "23D02A", "poisoning"},
      {"written with dashes", "ampds", "23-C-5-A", "poisoning opioid accidental"},
      {"without the zero", "ampds", "23C5I", "poisoning opioid self_harm"},
      {"a number is whole", "ampds", "23C51", "poisoning"},
      {"arrest", "ampds", "9E1", "other"},
      {"another protocol", "ampds", "17A01", "elsewhere"},
      {"no dispatch code", "ampds", "OVERDOSE", "unknown"},
      {"a concept", "snomed", "55680006", "poisoning"},
      {"identifiers have no beginnings", "snomed", "556800061", "elsewhere"},
      {"no identifier", "snomed", "55680x06", "unknown"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto* system = systems.find(r.system);
    REQUIRE(system != nullptr);
    CHECK(answer(*system, r.code) == r.says);
  }
}

TEST_CASE("several files fill one system, whichever comes first") {
  const auto both =
      load({{"a.yaml", "system: own\ncodes:\n  - {code: X1, title: One, substances: heroin}\n"},
            {"b.yaml", "system: {id: own, title: Our own}\ncodes:\n  - {code: X2, title: Two, event: naloxone}\n"}});
  CHECK(both.said == "");
  const auto* own = both.systems.find("own");
  REQUIRE(own != nullptr);
  CHECK(answer(*own, "x1") == "poisoning heroin");
  CHECK(answer(*own, "X-2") == "naloxone");
  CHECK(answer(*own, "X3") == "unknown");
  CHECK(both.systems.ids() == std::vector<std::string>{"own"});
  CHECK(both.systems.find("other") == nullptr);
}

TEST_CASE("mistakes of a code file, each at its place") {
  struct row {
    const char* name;
    const char* text;
    const char* said;
  };
  const row rows[] = {
      {"no system", "codes: []\n", "c.yaml:1 missing-key: 'system' is required"},
      {"nobody describes it", "system: icd10\ncodes: []\n",
       "c.yaml:1 missing-key: no file describes the code system 'icd10'; write `system: {id: icd10, title: ...}`"},
      {"an unknown substance", "system: {id: s, title: S}\ncodes:\n  - {code: A, title: T, substances: [heroyn]}\n",
       "c.yaml:3 unknown-substance: code 'A': no substance 'heroyn'; did you mean 'heroin'?"},
      {"a code twice", "system: {id: s, title: S}\ncodes:\n  - {code: A.1, title: T}\n  - {code: a1, title: T}\n",
       "c.yaml:4 duplicate-id: code 'a1': it was already given at c.yaml:3"},
      {"an unknown event", "system: {id: s, title: S}\ncodes:\n  - {code: A, title: T, event: overdose}\n",
       "c.yaml:3 bad-value: code 'A': 'overdose' is not an event; one of poisoning, intoxication, use, naloxone or "
       "other"},
      {"an unknown match", "system: {id: s, title: S, match: regex}\ncodes: []\n",
       "c.yaml:1 bad-value: system: 'regex' is not a way to match codes; use exact or prefix"},
      {"no shape", "system: {id: s, title: S, shapes: [X9]}\ncodes: []\n",
       "c.yaml:1 bad-value: system: 'X9' is no shape: A is a letter, 9 a digit, a * at the end any more of both"},
      {"only ignored characters", "system: {id: s, title: S}\ncodes:\n  - {code: '-.', title: T}\n",
       "c.yaml:3 bad-value: code '-.': nothing is left of it without the ignored characters"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(load({{"c.yaml", r.text}}).said == r.said);
  }
}
