// SPDX-License-Identifier: Apache-2.0
// What files say for one another: names of conditions and lists, changes of shipped rules, calendars. Mistakes point at
// the file where the word stands.
#include "rules/small_world.hpp"

#include "rules/fact.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace forewarn;
using namespace forewarn::test;

namespace {

const source_text shipped{"rules.d/opioids.yaml", R"(version: 1
rules:
  - id: callouts
    title: Call-outs
    owner: duty-desk
    observe: [ambulance]
    where: {substances: opioid}
    detect: {count: {within: 24h, at_least: {amber: 3, red: 5}}}
)"};

rules::loaded_rules load(const std::vector<source_text>& files) {
  return rules::load_rules(files, small_reference());
}
source_text local(std::string text) {
  return {"rules.d/local/ours.yaml", "version: 1\n" + std::move(text)};
}
const rules::rule& only(const rules::loaded_rules& loaded, const std::vector<source_text>& files) {
  REQUIRE_MESSAGE(render(loaded.found, files) == "", render(loaded.found, files));
  REQUIRE(loaded.rules->rules.size() == 1);
  return loaded.rules->rules.front();
}

} // namespace

TEST_CASE("a local file changes a shipped rule without touching it") {
  struct row {
    const char* name;
    const char* change;
    const char* sentence;
    rules::rule_status status;
  };
  const row rows[] = {
      {"a threshold, by level", "- {rule: callouts, detect: {count: {at_least: {amber: 4}}}}",
       "When 4 or more ambulance call-outs about an opioid happen within 24 hours: amber; 5 or more: red.",
       rules::rule_status::live},
      {"off", "- {rule: callouts, status: off}",
       "When 3 or more ambulance call-outs about an opioid happen within 24 hours: amber; 5 or more: red.",
       rules::rule_status::off},
      {"what else must hold", "- {rule: callouts, where: {ward: Armley}}",
       "When 3 or more ambulance call-outs about an opioid, in Armley, happen within 24 hours: amber; 5 or more: red.",
       rules::rule_status::live},
      {"another detector in its place", "- {rule: callouts, detect: {every_record: {}}}",
       "Every ambulance call-out about an opioid raises a signal of its own: amber.", rules::rule_status::live},
      {"the later one wins",
       "- {rule: callouts, status: off}\n  - {rule: callouts, status: shadow, detect: {count: {within: 12h}}}",
       "When 3 or more ambulance call-outs about an opioid happen within 12 hours: amber; 5 or more: red.",
       rules::rule_status::shadow},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const std::vector files{shipped, local(std::string{"change:\n  "} + r.change + "\n")};
    const auto loaded = load(files);
    const auto& one = only(loaded, files);
    CHECK(one.sentence == r.sentence);
    CHECK(one.status == r.status);
    CHECK(one.path == shipped.path);
    CHECK(one.at.line == 3);
  }
}

TEST_CASE("names for conditions and lists, from any file") {
  const auto names = local(R"(let:
  inner: [Armley, Headingley]
  strong: {substances: nitazene, setting: {not: prison}}
  more: [$inner, E05016460]
)");
  const auto sentence = [&](const std::string& where) {
    const std::vector files{source_text{"a.yaml", file_with("where: " + where)}, names};
    const auto loaded = load(files);
    return only(loaded, files).sentence;
  };
  const std::string raises = " raises a signal of its own: amber.";
  CHECK(sentence("{ward: $inner}") == "Every ambulance call-out in Armley or Headingley" + raises);
  CHECK(sentence("{ward: $more}") == "Every ambulance call-out in Armley, Headingley or City" + raises);
  CHECK(sentence("{ward: [$inner, E05099999]}") == "Every ambulance call-out in Armley, Headingley or City" + raises);
  CHECK(sentence("$strong") ==
        "Every ambulance call-out about a nitazene, not in prison (or with no setting recorded)," + raises);
  CHECK(sentence("{not: $strong, ward: Armley}").starts_with("Every ambulance call-out in Armley, except those both"));
}

TEST_CASE("mistakes are told in the file where they stand") {
  struct row {
    const char* name;
    const char* text; // of the local file, after `version`
    const char* says; // a whole first line
  };
  const row rows[] = {
      {"a change of no rule", "change: [{rule: callout, status: off}]",
       "rules.d/local/ours.yaml:2:17: error[unknown-rule]: no rule 'callout' to change; did you mean 'callouts'?"},
      {"a bad value in a change", "change: [{rule: callouts, status: of}]",
       "rules.d/local/ours.yaml:2:35: error[bad-value]: rule 'callouts': 'of' is no status; it is one of live, shadow "
       "or off; did you mean 'off'?"},
      {"a change of an id", "change: [{rule: callouts, id: other}]",
       "rules.d/local/ours.yaml:2:27: error[bad-value]: a change keeps the rule's id; write a rule of your own "
       "instead"},
      {"a change that is no list", "change: {callouts: off}",
       "rules.d/local/ours.yaml:2:9: error[wrong-type]: 'change' is a list of rules with what is different here, such "
       "as [{rule: ID, status: off}]; found a mapping"},
      {"a name that nothing has", "let: {inner: [Armley]}\nchange: [{rule: callouts, where: {ward: $iner}}]",
       "rules.d/local/ours.yaml:3:41: error[unknown-name]: no 'let' names 'iner'; did you mean 'inner'?"},
      {"an unknown word in a name", "let: {inner: [Armly]}\nchange: [{rule: callouts, where: {ward: $inner}}]",
       "rules.d/local/ours.yaml:2:15: error[unknown-area]: rule 'callouts': no area 'Armly'; did you mean 'Armley'?"},
      {"a name of itself", "let: {a: $a}\nchange: [{rule: callouts, where: $a}]",
       "rules.d/local/ours.yaml:2:10: error[unknown-name]: '$a' is named by itself"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const std::vector files{shipped, local(std::string{r.text} + "\n")};
    auto text = render(load(files).found, files);
    CAPTURE(text);
    CHECK(text.find(std::string{r.says} + "\n") != std::string::npos);
  }
}

TEST_CASE("a day is in a calendar by the clock of the place") {
  auto world = small_world();
  world.local_zone = *zone::named("Europe/London");
  observation one;
  one.kind = kind_id{"ambulance"};
  const auto calendars_at = [&](const char* when) {
    one.occurred_at = *parse_rfc3339(when);
    return rules::make_fact(std::make_shared<const observation>(one), world).calendars;
  };
  using names = std::vector<std::string_view>;
  CHECK(calendars_at("2026-12-25T23:59:59Z") == names{"bank-holiday", "release-friday"}); // a Friday
  CHECK(calendars_at("2026-12-26T00:00:00Z") == names{});
  CHECK(calendars_at("2026-06-11T23:30:00Z") == names{"release-friday"}); // half past midnight on Friday in London
  const auto loaded = rules::load_rules(
      {{"a.yaml", file_with("where: {calendar: [bank-holiday, release-friday], all: [{calendar: bank-holiday}]}")}},
      std::make_shared<const reference_data>(world));
  CHECK(render(loaded.found, {}) == "");
  REQUIRE(loaded.rules->rules.size() == 1);
  const auto& by = loaded.rules->rules.front();
  CHECK(by.sentence == "Every ambulance call-out on a bank holiday or a Friday, on a bank holiday, raises a signal of "
                       "its own: amber.");
  one.occurred_at = *parse_rfc3339("2026-06-12T10:00:00Z");
  CHECK_FALSE(holds(by.where, rules::make_fact(std::make_shared<const observation>(one), world)));
}
