// SPDX-License-Identifier: Apache-2.0
// Free text, phenomenon by phenomenon, against the shipped vocabulary. All texts are invented.
//
// Notation: "heroin" is affirmed, "heroin?" doubted, "-heroin" denied; "~nitazene" is a class whose drug is uncertain,
// "~" an ambiguous name without even a class, "=unknown" a result that names no drug.
#include "connectors/mapping/text_reader.hpp"
#include "shipped_reference.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;

namespace {

struct row {
  const char* text;
  const char* found;
};

const text_reader& reader() {
  static const auto reference = connectors::testing::shipped_reference();
  static const text_reader held{reference->substances};
  return held;
}

std::string found_in(std::string_view text) {
  const auto reference = connectors::testing::shipped_reference();
  const auto read = reader().read(text);
  std::string out;
  const auto add = [&out](const std::string& one) { out += (out.empty() ? "" : " ") + one; };
  for (const auto& f : read.findings) {
    const auto name = f.what ? reference->substances.row(*f.what).id.str() : std::string{};
    add((f.said == standing::denied ? "-" : "") + std::string{f.class_uncertain() ? "~" : ""} + name +
        (f.said == standing::doubted ? "?" : ""));
  }
  for (const auto r : read.results) add("=" + reference->substances.row(r).id.str());
  return out;
}

std::string reviewed(std::string_view text) {
  std::string out;
  for (const auto& word : reader().read(text).to_review) out += (out.empty() ? "" : " ") + word;
  return out;
}

template <std::size_t Size> void check(const row (&rows)[Size]) {
  for (const auto& r : rows) {
    CAPTURE(r.text);
    CHECK(found_in(r.text) == r.found);
  }
}

} // namespace

TEST_CASE("names: the longest, on word boundaries, in any letter case") {
  const row rows[] = {
      {"Heroin OD", "heroin"},
      {"HEROIN OVERDOSE", "heroin"},
      {"found with heroin and crack", "heroin crack-cocaine"},
      {"smoked crack cocaine", "crack-cocaine"},
      {"cocaine, not the crack sort", "cocaine -crack-cocaine"},
      {"flubromazolam", "flubromazolam"},
      {"bromazolam", "bromazolam"},
      {"N-desethyl isotonitazene", "n-desethyl-isotonitazene"},
      {"isotonitazene", "isotonitazene"},
      {"street valium tablets", "etizolam"},
      {"valium tablets", "diazepam"},
      {"synthetic cannabinoid vape", "scra"},
      {"benzos and opiates", "benzodiazepine opioid"},
      {"diazepams", "diazepam"},
      {"heroinomania is no word we know", ""},
      {"monococaine", ""},
      {"chest pain", ""},
      {"", ""},
      {"...", ""},
      {"123 456", ""},
      {"cocaine;heroin", "cocaine heroin"},
      {"(ketamine)", "ketamine"},
      {"[mdma]", "mdma"},
      {"ketamine/cocaine", "ketamine cocaine"},
      {"diphenhydrAMINE", "diphenhydramine"},
  };
  check(rows);
}

TEST_CASE("chemical spelling: hyphens, blanks, Greek letters, position words, commas between locants") {
  const row rows[] = {
      {"U-47700", "u-47700"},
      {"U47700", "u-47700"},
      {"U 47700", "u-47700"},
      {"u‑47700", "u-47700"},
      {"4-MMC", "mephedrone"},
      {"4MMC", "mephedrone"},
      {"2C-B", "2c-b"},
      {"2CB", "2c-b"},
      {"alpha-PVP", "alpha-pvp"},
      {"α-PVP", "alpha-pvp"},
      {"a-PVP", "alpha-pvp"},
      {"αPVP", "alpha-pvp"},
      {"γ-butyrolactone", "gbl"},
      {"para-fluorofentanyl", "para-fluorofentanyl"},
      {"parafluorofentanyl", "para-fluorofentanyl"},
      {"p-fluorofentanyl", "para-fluorofentanyl"},
      {"4-fluorofentanyl", "para-fluorofentanyl"},
      {"p-fluoro fentanyl", "para-fluorofentanyl"},
      {"acetyl fentanyl", "acetylfentanyl"},
      {"acetyl-fentanyl", "acetylfentanyl"},
      {"acetylfentanyl", "acetylfentanyl"},
      {"2,4-dinitrophenol", "dnp"},
      {"2,4 dinitrophenol", "dnp"},
      {"N,N-dimethyltryptamine", "dmt"},
      {"1,4-butanediol", "1-4-butanediol"},
      {"MDMB-4en-PINACA", "mdmb-4en-pinaca"},
      {"MDMB 4en PINACA", "mdmb-4en-pinaca"},
      {"kétamine", "ketamine"},
      {"heroin’s", "heroin"},
      {"m’cat", "mephedrone"},
      {"do b later", ""},
      {"p ma", ""},
      {"gabapentin, 2, pregabalin", "gabapentin pregabalin"},
  };
  check(rows);
}

TEST_CASE("what no list has: endings, beginnings, relatives of a name") {
  const row rows[] = {
      {"maybe hexylonitazene", "~nitazene?"},
      {"fluoroquinifentanyl", "~fentanyl-analogue"},
      {"something new: xyzazolam", "~street-benzodiazepine"},
      {"tested as ABC-BUTINACA", "~scra"},
      {"JWH-250 smoked", "~scra"},
      {"MDMB-5F-XYZ", "~scra"},
      {"2C-T-99", "~psychedelic"},
      {"senecioyl fentanyl", "~fentanyl-analogue"},
      {"thiophenylbutyryl-fentanyl", "~fentanyl-analogue"},
      {"unheardcathinone", "~cathinone"},
      {"hydroxy metonitazene", "~nitazene"},
      {"Cheryl heroin OD", "heroin"},
      {"phone", ""},
      {"alone at home", ""},
      {"nitazene", "nitazene"},
  };
  check(rows);
}

TEST_CASE("doses stand before, behind, or on the name") {
  const row rows[] = {
      {"alprazolam 2mg", "alprazolam"}, {"10mg diazepam", "diazepam"},         {"10mgdiazepam", "diazepam"},
      {"diazepam10mg", "diazepam"},     {"Diazepam-10mg", "diazepam"},         {"300MG PREGABLIN", "pregabalin"},
      {"pregabalin 300", "pregabalin"}, {"MDMA 120mg pill", "mdma"},           {"0.5g ketamine", "ketamine"},
      {"codeine 30/500", "codeine"},    {"2 x zopiclone 7.5 mg", "zopiclone"},
  };
  check(rows);
}

TEST_CASE("slips of the finger, in long names of one word only") {
  const row rows[] = {
      {"methadnoe", "methadone"},
      {"ketamne", "ketamine"},
      {"Alpazolam", "alprazolam"},
      {"pregabalinn", "pregabalin"},
      {"benzodiazapines", "benzodiazepine"},
      {"tramadal", "tramadol"},
      {"asteroid", ""},
      {"morphing", ""},
      {"peppers", ""},
      {"heroes", ""},
      {"coca", ""},
  };
  check(rows);
}

TEST_CASE("denied before the name") {
  const row rows[] = {
      {"no fentanyl detected", "-fentanyl"},
      {"No evidence of heroin use", "-heroin"},
      {"denies heroin", "-heroin"},
      {"denies taking any cocaine tonight", "-cocaine"},
      {"patient denies that he had taken heroin", "-heroin"},
      {"negative for opiates", "-opioid"},
      {"did not take ketamine", "-ketamine"},
      {"didn't take ketamine", "-ketamine"},
      {"without any alcohol", "-alcohol"},
      {"never used heroin", "-heroin"},
      {"no longer uses methadone", "-methadone"},
      {"nil alcohol", "-alcohol"},
      {"heroin, not fentanyl", "heroin -fentanyl"},
      {"heroin rather than fentanyl", "heroin -fentanyl"},
      {"pregabalin instead of diazepam", "pregabalin -diazepam"},
      {"ruled out heroin", "-heroin"},
      {"heroin, no fentanyl", "heroin -fentanyl"},
      {"non-heroin overdose", "-heroin"},
      {"neither heroin nor cocaine", "-heroin -cocaine"},
      {"denies heroin, cocaine or fentanyl", "-heroin -cocaine -fentanyl"},
      {"denies heroin and cocaine", "-heroin -cocaine"},
      {"no heroin, cocaine or fentanyl found", "-heroin -cocaine -fentanyl"},
      {"no heroin/cocaine seen", "-heroin -cocaine"},
      {"no heroin and cocaine found", "-heroin cocaine"},
  };
  check(rows);
}

TEST_CASE("denied behind the name") {
  const row rows[] = {
      {"opioid overdose was not declared", "-opioid"},
      {"fentanyl strip negative", "-fentanyl"},
      {"fentanyl: negative", "-fentanyl"},
      {"fentanyl (not detected)", "-fentanyl"},
      {"heroin ruled out", "-heroin"},
      {"heroin was not found", "-heroin"},
      {"heroin and cocaine were not found", "-heroin -cocaine"},
      {"heroin use denied", "-heroin"},
      {"cocaine excluded", "-cocaine"},
      {"drug screen: cocaine positive, heroin negative", "cocaine -heroin"},
      {"heroin-free", "-heroin"},
      {"heroin: no", "-heroin"},
      {"cocaine test came back negative", "-cocaine"},
  };
  check(rows);
}

TEST_CASE("a denial of something else denies no drug") {
  const row rows[] = {
      {"no response, heroin on scene", "heroin"},
      {"no pulse heroin OD", "heroin"},
      {"heroin, not conveyed", "heroin"},
      {"not breathing. heroin", "heroin"},
      {"No heroin. Cocaine found.", "-heroin cocaine"},
      {"denies heroin but cocaine", "-heroin cocaine"},
      {"denies cocaine however took ketamine", "-cocaine ketamine"},
      {"no drugs except cannabis", "cannabis"},
      {"not only heroin", "heroin"},
      {"not just cocaine", "cocaine"},
      {"negative for covid, took heroin", "heroin"},
      {"no allergies; heroin", "heroin"},
      {"no reply at door\nheroin paraphernalia", "heroin"},
      {"not alert, ?opiates", "opioid?"},
      {"heroin. No further info", "heroin"},
      {"heroin, no known allergies", "heroin"},
      {"took heroin, negative BM", "heroin"},
      {"heroin not conveyed", "heroin"},
  };
  check(rows);
}

TEST_CASE("doubted") {
  const row rows[] = {
      {"?heroin", "heroin?"},
      {"? heroin", "heroin?"},
      {"OD ?heroin ?cocaine", "heroin? cocaine?"},
      {"heroin?", "heroin?"},
      {"possible heroin overdose", "heroin?"},
      {"possible spice", "scra?"},
      {"suspected opioid overdose", "opioid?"},
      {"may have taken ketamine", "ketamine?"},
      {"thought to be heroin", "heroin?"},
      {"unsure if heroin", "heroin?"},
      {"not sure if heroin", "heroin?"},
      {"cannot rule out fentanyl", "fentanyl?"},
      {"fentanyl not ruled out", "fentanyl?"},
      {"fentanyl not confirmed", "fentanyl?"},
      {"heroin (suspected)", "heroin?"},
      {"query methadone", "methadone?"},
      {"possible heroin or crack", "heroin? crack-cocaine?"},
      {"allegedly took mdma", "mdma?"},
      {"possible fracture. heroin", "heroin"},
      {"confirmed heroin", "heroin"},
  };
  check(rows);
}

TEST_CASE("ambiguous street names give the class their drugs share, or nothing") {
  const row rows[] = {
      {"took blues", "~"},
      {"took 4 street blues", "~benzodiazepine"},
      {"found with gear", "~"},
      {"on meth", "~"},
      {"crystal meth", "methamphetamine"},
      {"crystal", "~stimulant"},
      {"bars", "~benzodiazepine"},
      {"base", "~stimulant"},
      {"denies gear", "-~"},
      {"brown hair", ""},
      {"the blues", ""},
      {"riding gear", ""},
  };
  check(rows);
}

TEST_CASE("guarded names count where the words around them speak of drugs") {
  const row rows[] = {
      {"Molly collapsed at home with chest pain", ""},
      {"took molly at a festival with friends", "mdma"},
      {"molly", "mdma"},
      {"her sister Tina called for an ambulance", ""},
      {"injecting tina all weekend with a partner", "methamphetamine"},
      {"travelling at speed when the car left the road", ""},
      {"snorted speed in the toilets of the club", "amphetamine"},
      {"ketamine and molly bought from the same man", "ketamine mdma"},
      {"patient DOB 12/03/1980 unresponsive on arrival", ""},
      {"DOB 1980, heroin overdose at home address", "heroin"},
      {"smoked spice in his cell before collapsing", "scra"},
      {"pumpkin spice", ""},
      {"seen by PCP yesterday for a cough and fever", ""},
  };
  check(rows);
}

TEST_CASE("phrases that hold a drug's name and mean none") {
  const row rows[] = {
      {"blood sugar 4.2", ""},       {"low blood glucose", ""},    {"hands cleaned with alcohol gel", ""},
      {"drank diet coke", ""},       {"crack in the door", ""},    {"acid reflux", ""},
      {"high speed collision", ""},  {"naloxone given twice", ""}, {"heroin OD, narcan given", "heroin"},
      {"methyl alcohol", "alcohol"},
  };
  check(rows);
}

TEST_CASE("results that name no drug are values of their own") {
  const row rows[] = {
      {"no active component identified", "=no-active-component"},
      {"No Active Component", "=no-active-component"},
      {"no compounds of interest detected", "=no-active-component"},
      {"unknown", "=unknown"},
      {"unknown male, heroin", "heroin"},
      {"unidentified", "=unable-to-identify"},
      {"not identified", "=unable-to-identify"},
  };
  check(rows);
}

TEST_CASE("words for review: they look like a drug or stand where one would, and hold no digit") {
  const row rows[] = {
      {"took florbitane at a party", "florbitane"},
      {"tested positive for vendicaine", "vendicaine"},
      {"took 2 tablets", ""},
      {"took X7Q9", ""},
      {"Jane Example collapsed", ""},
      {"overdose of unknown tablets", ""},
      {"took blues", "blues"},
      {"denies blues", ""},
      {"heroin", ""},
      {"hexylonitazene", "hexylonitazene"},
      {"ketamne", "ketamne"},
      {"seen at 0113 4960000", ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.text);
    CHECK(reviewed(r.text) == r.found);
  }
}

TEST_CASE("a finding says where in the text it stands") {
  const std::string text = "denies α-PVP, took 10mg diazepam";
  const auto read = reader().read(text);
  REQUIRE(read.findings.size() == 2);
  const auto part = [&](const text_finding& f) { return text.substr(f.first, f.last - f.first); };
  CHECK(part(read.findings[0]) == "α-PVP");
  CHECK(part(read.findings[1]) == "diazepam");
}
