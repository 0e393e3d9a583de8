// SPDX-License-Identifier: Apache-2.0
// A test that passes passes, one that fails says what came instead, and a file that asks the impossible is told where.
#include "connectors/shipped_reference.hpp"
#include "daemon/rule_test/run.hpp"
#include "daemon/wall_clock.hpp"
#include "support/alerting_scene.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace forewarn;
using connectors::testing::shipped_reference;

namespace {

const source_text rule_file{"etc/rules.d/r.yaml", R"(version: 1
rules:
  - id: three
    title: Three in a ward
    owner: test
    observe: [ambulance]
    where: {substances: opioid}
    for_each: [ward]
    detect: {count: {within: 24h, at_least: {amber: 3, red: 5}}}
    max_delay: 30d
)"};

std::string head(const std::string& tests) {
  return "rules: [../rules.d/r.yaml]\ntests:\n" + tests;
}

// "expected X | got Y" for each failure.
std::vector<std::string> failures_of(const std::string& tests) {
  const auto rules = rules::load_rules({rule_file}, shipped_reference());
  REQUIRE_FALSE(has_errors(rules.found));
  problems found;
  const source_text text{"t.yaml", head(tests)};
  const auto file = rule_test::read_tests(text, *shipped_reference(), found);
  REQUIRE_MESSAGE(found.empty(), render(found, {text}));
  std::vector<std::string> out;
  for (const auto& test : file.tests)
    for (const auto& one : rule_test::run(test, rules.rules)) out.push_back(one.expected + " | " + one.got);
  return out;
}

constexpr auto five =
    "  - name: t\n"
    "    observations:\n"
    "      - {kind: ambulance, at: 2026-03-01T10:00, ward: Armley, substances: [smack], repeat: 5, every: 1h}\n";

} // namespace

TEST_CASE("rule test: what is true passes") {
  struct row {
    const char* name;
    const char* expect;
  };
  const row table[] = {
      {"opens, with a ward by name", "{rule: three, series: {ward: Armley}, opens: 2026-03-01T12:00, level: amber}"},
      {"opens, with a ward by code", "{rule: three, series: {ward: E05011385}, opens: 2026-03-01T12:00Z}"},
      {"the level at opening, not the last one", "{rule: three, opens: 2026-03-01T12:00, level: amber}"},
      {"becomes", "{rule: three, becomes: red, at: 2026-03-01T14:00}"},
      {"closes", "{rule: three, closes: 2026-03-02T14:00, because: below_threshold}"},
      {"there is one", "{rule: three}"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    CHECK(failures_of(std::string{five} + "    expect: [" + row.expect + "]\n").empty());
  }
}

TEST_CASE("rule test: what is not true says what came instead") {
  struct row {
    const char* name;
    const char* expect;
    const char* says;
  };
  const row table[] = {
      {"at another time", "{rule: three, opens: 2026-03-01T13:00}",
       "three opens 2026-03-01 13:00 GMT | three {\"ward\":\"E05011385\"} opened 2026-03-01 12:00 GMT red, red at "
       "2026-03-01 14:00 GMT"},
      {"at another level", "{rule: three, opens: 2026-03-01T12:00, level: red}", "opened 2026-03-01 12:00 GMT"},
      {"in another ward", "{rule: three, series: {ward: Wetherby}}", "no such signal"},
      {"never red at that time", "{rule: three, becomes: red, at: 2026-03-01T13:00}", "becomes red at"},
      {"not closed so soon", "{rule: three, closes: 2026-03-02T13:00}", "closes 2026-03-02 13:00 GMT"},
      {"not retrospective", "{rule: three, retrospective: true}", "no such signal"},
      {"no such rule", "{rule: four}", "a rule 'four' | none of that name"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto failures = failures_of(std::string{five} + "    expect: [" + row.expect + "]\n");
    REQUIRE(failures.size() == 1);
    CHECK_MESSAGE(failures.front().find(row.says) != std::string::npos, failures.front());
  }
  CHECK(failures_of(std::string{five} + "    expect_none: [three]\n").size() == 1);
}

TEST_CASE("rule test: a late record finds in retrospect") {
  const std::string late = "  - name: late\n"
                           "    observations:\n"
                           "      - {kind: ambulance, at: 2026-03-01T10:00, received: 2026-05-01T10:00, ward: Armley, "
                           "substances: [heroin], repeat: 3, every: 1h}\n";
  CHECK(failures_of(late + "    expect: [{rule: three, retrospective: true}]\n").empty());
  CHECK(failures_of(late + "    expect_none: [three]\n").empty());
}

TEST_CASE("rule test: a file that cannot be read so is told where") {
  struct row {
    const char* name;
    const char* tests;
    const char* code;
    const char* says;
  };
  const row table[] = {
      {"nothing expected", "  - {name: t, observations: []}\n", "missing-key", "could never fail"},
      {"no time", "  - {name: t, observations: [{kind: ambulance, at: noon}], expect_none: [three]}\n", "bad-value",
       "'noon' is not a time"},
      {"no kind", "  - {name: t, observations: [{at: 2026-03-01}], expect_none: [three]}\n", "missing-key", "kind"},
      {"unknown field",
       "  - {name: t, observations: [{kind: ambulance, at: 2026-03-01, wards: x}], expect_none: [three]}\n",
       "bad-value", "wards"},
      {"no duration", "  - {name: t, observations: [{kind: a, at: 2026-03-01, every: soon}], expect_none: [three]}\n",
       "bad-duration", "'soon'"},
      {"no level", "  - {name: t, observations: [], expect: [{rule: three, level: orange}]}\n", "bad-value",
       "'orange'"},
      {"becomes without at", "  - {name: t, observations: [], expect: [{rule: three, becomes: red}]}\n", "missing-key",
       "needs 'at'"},
      {"a message to nobody", "  - {name: t, observations: [], expect: [{says: Armley}]}\n", "missing-key", "to"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    problems found;
    (void)rule_test::read_tests({"t.yaml", head(row.tests)}, *shipped_reference(), found);
    REQUIRE_FALSE(found.empty());
    CHECK(std::any_of(found.begin(), found.end(), [&](const problem& one) {
      return one.code == row.code && one.message.find(row.says) != std::string::npos && one.at.line == 3;
    }));
  }
}

TEST_CASE("rule test: times without an offset are the zone's own, also in summer") {
  const auto london = *zone::named("Europe/London");
  CHECK(format_rfc3339(*read_time("2026-07-01T10:00", london)) == "2026-07-01T09:00:00Z");
  CHECK(format_rfc3339(*read_time("2026-07-01T10:00Z", london)) == "2026-07-01T10:00:00Z");
  CHECK(format_rfc3339(*read_time("2026-07-01", london)) == "2026-06-30T23:00:00Z");
  CHECK_FALSE(read_time("01/07/2026", london).has_value());
}

namespace {

// Whom the panel rule `three` and an automatic one may tell.
rule_test::telling somebody_to_tell() {
  const source_text services{"services.yaml", "version: 1\nservices:\n"
                                              "  - {id: on-call, name: On call, roles: [on_call], channels: [{maildir: "
                                              "{folder: m, to: a@localhost}}]}\n"
                                              "  - {id: duty-desk, name: Duty desk, roles: [duty_desk], channels: "
                                              "[{maildir: {folder: d, to: d@localhost}}]}\n"};
  auto loaded = alerting::load_services({services}, *shipped_reference());
  REQUIRE_FALSE(has_errors(loaded.found));
  return {std::make_shared<const alerting::service_book>(std::move(loaded.book)),
          std::make_shared<const alerting::word_book>(test::shipped_words()), "FW"};
}

} // namespace

TEST_CASE("rule test: who is told, by what, in which words") {
  struct row {
    const char* name;
    const char* lines;
    const char* says; // of the one failure; null: passes
  };
  const row table[] = {
      {"on call, at once", "expect: [{to: on-call, by: maildir, at: 2026-03-01T12:00, says: Armley}]", nullptr},
      {"several words, and one that is not said",
       "expect: [{to: on-call, says: [Armley, ambulance], says_not: Wetherby}]", nullptr},
      {"no service without a decision", "expect_none: [{to: duty-desk}]", nullptr},
      {"other words", "expect: [{to: on-call, says: Wetherby}]",
       "a message to on-call that says 'Wetherby' | 2026-03-01"},
      {"another channel", "expect: [{to: on-call, by: webhook}]", "a message to on-call by webhook"},
      {"not at that time", "expect: [{to: on-call, at: 2026-03-01T11:00}]", "at 2026-03-01 11:00 GMT"},
      {"nobody of that name", "expect: [{to: nobody}]", "a service 'nobody' | none of that name"},
      {"told after all", "expect_none: [{to: on-call, by: maildir}]", "no message to on-call by maildir | 2026-03-01"},
  };
  const auto with = somebody_to_tell();
  const auto rules = rules::load_rules({rule_file}, shipped_reference());
  for (const auto& row : table) {
    CAPTURE(row.name);
    problems found;
    const source_text text{"t.yaml", head(std::string{five} + "    " + row.lines + "\n")};
    const auto file = rule_test::read_tests(text, *shipped_reference(), found);
    REQUIRE_MESSAGE(found.empty(), render(found, {text}));
    const auto failures = rule_test::run(file.tests.front(), rules.rules, &with);
    REQUIRE_MESSAGE(failures.size() == (row.says == nullptr ? 0U : 1U),
                    (failures.empty() ? std::string{} : failures.front().expected + " | " + failures.front().got));
    if (row.says == nullptr) continue;
    const auto said = failures.front().expected + " | " + failures.front().got;
    CHECK_MESSAGE(said.find(row.says) != std::string::npos, said);
  }
}
