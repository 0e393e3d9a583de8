// SPDX-License-Identifier: Apache-2.0
// Codes in partners' columns: of the vocabulary's systems and of the feed's own tables; in `map` and in `select`.
#include "feed_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;

namespace {

std::string words(const std::vector<substance_id>& list) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : " ") + one.str();
  return out;
}

} // namespace

TEST_CASE(
    "codes say substances, intent and naloxone; a code of another subject says nothing, an unknown one is noted") {
  const auto from = load_good(feed_yaml(R"(read: csv
identity: {id: ID}
map:
  occurred_at: When
  substances: {column: Codes, codes: icd10}
  intent: {column: Codes, codes: icd10}
  naloxone: {column: Codes, codes: icd10}
)"));
  struct row {
    const char* name;
    const char* cell;
    const char* substances;
    const char* intent;
    bool naloxone;
    const char* unknown;
  };
  const row rows[] = {
      {"one", "T40.1", "heroin", "-", false, ""},
      {"without its dot, in small letters, with more digits", "t401x", "heroin", "-", false, ""},
      {"several in one cell", "\"T40.1; F14.0,X62\"", "cocaine heroin", "self_harm", false, ""},
      {"naloxone", "NAL", "", "-", true, ""},
      {"another subject", "J45.9", "", "-", false, ""},
      {"unknown", "HEROIN-COMBINED", "", "-", false, "HEROIN-COMBINED"},
      {"nothing", "", "", "-", false, ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto read = read_all(from, std::string{"ID,When,Codes\n1,2026-03-01,"} + r.cell + "\n");
    REQUIRE(read.results() == "2 accepted");
    const auto seen = read.observations().front();
    CHECK(words(seen.substances) == r.substances);
    CHECK((seen.intent ? std::string{to_text(*seen.intent)} : "-") == r.intent);
    CHECK(seen.naloxone.has_value() == r.naloxone);
    const auto& unknown = read.rows.front().unknown;
    CHECK((unknown.empty() ? "" : unknown.front().word) == r.unknown);
    for (const auto& one : unknown) CHECK(one.code == "unknown-code");
  }
}

TEST_CASE("a feed's own codes, and a code that must be known") {
  const auto from = load_good(feed_yaml(R"(read: csv
codes:
  dispatch:
    match: prefix
    codes: {23D: opioid, 23C: [heroin, cocaine], 17: {event: other}}
identity: {id: ID}
map:
  occurred_at: When
  substances: {column: Type, codes: dispatch, separators: ["/"], unknown: quarantine}
)"));
  const auto read =
      read_all(from, std::string{"ID,When,Type\n1,2026-03-01,23D02A\n2,2026-03-01,17A/23-c\n3,2026-03-01,99\n"});
  CHECK(read.results() == "2 accepted, 3 accepted, 4 unknown-code");
  CHECK(words(read.observations().at(0).substances) == "opioid");
  CHECK(words(read.observations().at(1).substances) == "cocaine heroin");
  const auto& why = std::get<rejected>(read.rows.at(2).what);
  CHECK(why.reason == "'99' is no code of dispatch");
}

TEST_CASE("select by what codes tell of: a code nobody knows is taken, so that no call is lost to a new code") {
  const auto from = load_good(feed_yaml(R"(read: csv
identity: {id: ID}
select: {Codes: {codes: icd10, event: [poisoning]}}
map: {occurred_at: When, substances: {column: Codes, codes: icd10}}
)"));
  const auto read = read_all(from, std::string{"ID,When,Codes\n1,2026-03-01,T40.1\n2,2026-03-01,F14\n"
                                               "3,2026-03-01,J45\n4,2026-03-01,J45;T40.6\n5,2026-03-01,BRAND-NEW\n"
                                               "6,2026-03-01,\n"});
  CHECK(read.results() == "2 accepted, 3 unselected, 4 unselected, 5 accepted, 6 accepted, 7 unselected");
}

TEST_CASE("select compares numbers and lists as the rule language does") {
  struct row {
    const char* condition;
    const char* cell;
    bool taken;
  };
  const row rows[] = {
      {"{at_least: 16}", "16", true},
      {"{at_least: 16}", "15.5", false},
      {"{at_least: 16}", "old", false},
      {"{more_than: 16}", "16", false},
      {"{at_most: 16}", "16", true},
      {"{less_than: 16}", "16", false},
      {"{at_least: 2, at_most: 3}", "4", false},
      {"{not: {at_least: 2}}", "", true},
      {"{exists: false}", " ", true},
      {"{matches: \"^O\"}", "Overdose", true},
      {"[a, b]", "B", true},
      {"{not: [a, b]}", "c", true},
  };
  for (const auto& r : rows) {
    CAPTURE(r.condition);
    CAPTURE(r.cell);
    const auto from = load_good(feed_yaml(std::string{"read: csv\nidentity: {id: ID}\nselect: {X: "} + r.condition +
                                          "}\nmap: {occurred_at: When}\n"));
    const auto read = read_all(from, std::string{"ID,When,X\n1,2026-03-01,"} + r.cell + "\n");
    CHECK(read.results() == (r.taken ? "2 accepted" : "2 unselected"));
  }
  const auto lists = load_good(feed_yaml(R"(read: ndjson
identity: {id: id}
select: {tags: {all_of: [drug, overdose]}, status: {any_of: [final]}}
map: {occurred_at: at}
)"));
  CHECK(read_all(lists, std::string{R"({"id":1,"at":"2026-03-01","tags":["Overdose","x","drug"],"status":"final"}
{"id":2,"at":"2026-03-01","tags":["drug"],"status":"final"}
)"})
            .results() == "1 accepted, 2 unselected");
}

TEST_CASE("withdrawn by any of several conditions, and never for what is only left out") {
  const auto from = load_good(feed_yaml(R"(read: csv
identity:
  id: [Call, Part]
  withdrawn: [{Status: [Cancelled, Void]}, {Deleted: {exists: true}}]
select: {Status: {not: Test}}
map: {occurred_at: When}
)"));
  const auto read = read_all(from, std::string{"Call,Part,When,Status,Deleted\n1,a,2026-03-01,Closed,\n"
                                               "1,b,2026-03-01,VOID,\n2,a,,Closed,yes\n3,a,2026-03-01,Test,\n"});
  CHECK(read.results() == "2 accepted, 3 accepted, 4 accepted, 5 unselected");
  CHECK(read.observations().at(0).key.id.str() == "1|a");
  CHECK_FALSE(read.observations().at(0).withdrawn);
  CHECK(read.observations().at(1).withdrawn);
  CHECK(read.observations().at(2).withdrawn);
}

TEST_CASE("mistakes about codes are located") {
  struct row {
    const char* name;
    std::string rest;
    const char* said;
  };
  const row rows[] = {
      {"a system nobody knows", "map: {occurred_at: When, substances: {column: C, codes: icd11}}\n",
       "feed.yaml:9:57: error[unknown-code-system]: feed 'test': no code system 'icd11' in vocabulary/codes/ or under "
       "`codes` of this file; did you mean 'icd10'?"},
      {"codes where none are read", "map: {occurred_at: When, sex: {column: C, codes: icd10}}\n",
       "feed.yaml:9:43: error[unknown-key]: feed 'test': no key 'codes' here"},
      {"an unknown substance in a table", "codes: {own: {codes: {1: opiod}}}\nmap: {occurred_at: When}\n",
       "feed.yaml:9:26: error[unknown-substance]: feed 'test': no substance 'opiod'; did you mean 'opioid'?"},
      {"an event nobody knows", "select: {C: {codes: icd10, event: [poison]}}\nmap: {occurred_at: When}\n",
       "feed.yaml:9:36: error[bad-value]: feed 'test': no event 'poison'; one of poisoning, intoxication, use, "
       "naloxone "
       "or other"},
      {"a number that is none", "select: {C: {at_least: many}}\nmap: {occurred_at: When}\n",
       "feed.yaml:9:24: error[wrong-type]: feed 'test': expected a number, found text"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto loaded = load(feed_yaml("read: csv\nidentity: {id: ID}\n" + r.rest));
    REQUIRE(loaded.found.size() == 1);
    CHECK(render(loaded.found.front(), {}) == r.said);
  }
}

TEST_CASE("that a test found nothing is a value of the test, and of nothing else") {
  struct row {
    const char* kind;
    const char* field;
    const char* cell;
    std::vector<substance_id> substances;
  };
  const substance_id nothing{"no-active-component"}, heroin{"heroin"};
  const row rows[] = {
      {"drug_test", "substances", "No Active Component Identified", {nothing}},
      {"drug_test", "confirmed", "No Active Component Identified", {nothing}},
      {"drug_test", "substances", "heroin", {heroin}},
      {"drug_test", "sold_as", "No Active Component Identified", {}},
      {"ambulance", "substances", "No Active Component Identified", {}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.kind);
    CAPTURE(r.field);
    const auto from = load_good(feed_yaml(
        std::string{"read: csv\nidentity: {id: ID}\nmap: {occurred_at: When, "} + r.field + ": Found}\n", r.kind));
    const auto read = read_all(from, std::string{"ID,When,Found\n1,2026-03-01,"} + r.cell + "\n").observations();
    REQUIRE(read.size() == 1);
    CHECK(read.front().substances == r.substances);
    CHECK(read.front().confirmed.empty());
  }
}
