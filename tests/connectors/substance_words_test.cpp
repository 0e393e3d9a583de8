// SPDX-License-Identifier: Apache-2.0
// Substances in names, lists and free text.
#include "connectors/mapping/substance_words.hpp"
#include "feed_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;

namespace {

std::string ids(const substance_findings& found) {
  std::string out;
  for (const auto& id : found.found) out += (out.empty() ? "" : " ") + id.str();
  return out;
}

} // namespace

TEST_CASE("free text: longest names on word boundaries, stems, and what is denied") {
  struct row {
    const char* name;
    const char* text;
    const char* found;
  };
  const row rows[] = {
      {"a name", "Heroin OD", "heroin"},
      {"synonym of two words", "smoked crack cocaine", "cocaine"},
      {"longest match", "N-desethyl isotonitazene", "n-desethyl-isotonitazene"},
      {"word boundaries: flubromazolam is not bromazolam", "?flubromazolam", "benzodiazepine"},
      {"an unlisted -nitazene is a nitazene", "maybe metonitazene", "nitazene"},
      {"a comma in a chemical name", "took 2,4-dinitrophenol", "dnp"},
      {"denied before", "no fentanyl detected", ""},
      {"denied before, another affirmed", "heroin, no fentanyl", "heroin"},
      {"denied after", "opioid overdose was not declared", ""},
      {"denied as a list", "denies heroin, cocaine or fentanyl", ""},
      {"a list after a denied one", "No heroin. Cocaine found.", "cocaine"},
      {"but", "denies heroin but cocaine", "cocaine"},
      {"negative", "fentanyl strip negative", ""},
      {"ruled out", "heroin ruled out", ""},
      {"a denial of something else", "no response, heroin on scene", "heroin"},
      {"not conveyed", "heroin, not conveyed", "heroin"},
      {"a result is no substance", "no active component identified", ""},
      {"nothing", "chest pain", ""},
  };
  const auto reference = connectors::testing::small_reference();
  const substance_words words{reference->substances};
  for (const auto& r : rows) {
    CAPTURE(r.name);
    substance_findings found;
    words.read_text(r.text, found);
    CHECK(ids(found) == r.found);
  }
}

TEST_CASE("lists: chemical names with commas stay whole, sentinels are nothing, unlisted names are kept") {
  struct row {
    const char* name;
    const char* text;
    const char* found;
  };
  const row rows[] = {
      {"two names", "Cocaine, Heroin", "cocaine heroin"},
      {"comma between digits", "2-bromo-4,5-dimethoxyphenethylamine, 2,4-Dinitrophenol",
       "2-bromo-4-5-dimethoxyphenethylamine dnp"},
      {"comma and blank", "3,4,5 -Trimethoxyamphetamine", "3-4-5-trimethoxyamphetamine"},
      {"a known name with a separator in it", "Cocaine, gamma-Butyrolactone, technical, Heroin", "cocaine gbl heroin"},
      {"locants", "N,N-dimethyltryptamine, Cocaine", "n-n-dimethyltryptamine cocaine"},
      {"a remark", "Cocaine (trace)", "cocaine"},
      {"result and sentinel", "No Active Component Identified, Array", ""},
      {"empty members", " , Cocaine,,", "cocaine"},
      {"a list of JSON",
       "cocaine\x1f"
       "heroin",
       "cocaine heroin"},
  };
  const auto reference = connectors::testing::small_reference();
  const substance_words words{reference->substances};
  for (const auto& r : rows) {
    CAPTURE(r.name);
    substance_findings found;
    words.read_list(r.text, {",", ";", "\x1f"}, unlisted_name::own_value, {"array"}, found);
    CHECK(ids(found) == r.found);
  }
}
