// SPDX-License-Identifier: Apache-2.0
// The tools to tune a rule: every setting read by the real loader, labelled events found or missed, why a rule said
// nothing, how far a series is from its bound, advice, and schemas that know every key of the shipped files.
#include "daemon/configuration/schemas.hpp"
#include "daemon/rule_versions.hpp"
#include "daemon/settings.hpp"
#include "daemon/store/open.hpp"
#include "daemon/tuning/labelled_events.hpp"
#include "daemon/tuning/lint.hpp"
#include "daemon/tuning/vary.hpp"
#include "daemon/tuning/why_not.hpp"
#include "forewarn/yaml.hpp"
#include "support/alerting_scene.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

using namespace forewarn;
using namespace std::chrono_literals;
using test::at;

namespace {

const std::string armley = "E05011385";

std::shared_ptr<const reference_data> reference() {
  static const auto made = test::shipped_reference();
  return made;
}

source_text rule_text(const std::string& more = "max_delay: 30d") {
  return {"r.yaml",
          "version: 1\nrules:\n"
          "  - id: other\n    title: Another\n    owner: test\n    observe: [death]\n    detect: {every_record: {}}\n"
          "  - id: three\n    title: \"Three, in a ward: 'quoted'\"\n    owner: test\n    observe: [ambulance]\n"
          "    where: {substances: [opioid], setting: {not: prison}}\n    for_each: [ward]\n"
          "    detect:\n      count: {within: 24h, at_least: {amber: 3, red: 5}}\n    clear_after: 72h\n    " +
              more + "\n    alert: {budget: {per: 30d, at_most: 2}, inhibit: [other]}\n"};
}

std::shared_ptr<const rules::rule_set> loaded(const source_text& text) {
  auto read = rules::load_rules({text}, reference());
  REQUIRE_MESSAGE(!has_errors(read.found), render(read.found, {text}));
  return read.rules;
}

const rules::rule& rule_three(const rules::rule_set& all) {
  return *std::find_if(all.rules.begin(), all.rules.end(), [](const auto& one) { return one.id.str() == "three"; });
}

observation call(const std::string& id, const char* when) {
  auto one = test::call_out(id, when, "p:1", nullptr);
  one.person.reset();
  one.received_at = one.occurred_at;
  return one;
}

std::vector<std::string> codes_of(const problems& found) {
  std::vector<std::string> out;
  for (const auto& one : found) out.push_back(one.code);
  std::sort(out.begin(), out.end());
  return out;
}

} // namespace

TEST_CASE("a knob is a place in the rule and its values") {
  struct row {
    const char* name;
    const char* text;
    std::vector<std::string> values; // none: refused
  };
  const row table[] = {
      {"a range", "detect.count.at_least=2..4", {"2", "3", "4"}},
      {"a list", "detect.count.within=12h, 24h", {"12h", "24h"}},
      {"brackets hold together",
       "where.substances=[opioid, alcohol],{not: opioid}",
       {"[opioid, alcohol]", "{not: opioid}"}},
      {"both", "x=1..2,8", {"1", "2", "8"}},
      {"backwards", "x=4..2", {}},
      {"no value", "x=", {}},
      {"no sign", "detect.count", {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto read = tuning::parse_knob(row.text);
    CHECK(read.has_value() == !row.values.empty());
    if (read) CHECK(read->values == row.values);
  }
}

TEST_CASE("each form of a rule goes through the loader, and what it refuses keeps its reason") {
  struct row {
    const char* name;
    std::vector<const char*> knobs;
    std::size_t forms;
    const char* says; // in the sentence of the last form, or in its refusal
  };
  const row table[] = {
      {"a bound for all levels", {"detect.count.at_least=2..4"}, 3, "4 or more ambulance call-outs"},
      {"one level", {"detect.count.at_least.amber=2,4"}, 2, "within 24 hours: amber; 5 or more: red"},
      {"a product, the last turning fastest",
       {"detect.count.at_least=2..3", "detect.count.within=12h,48h"},
       4,
       "3 or more ambulance call-outs about an opioid, not in prison (or with no setting recorded), happen within 48 "
       "hours"},
      {"a key that was not there", {"detect.count.measure=people"}, 1, "different people"},
      {"into a list", {"for_each.0=lad"}, 1, "In each"},
      {"a whole condition", {"where.substances={any_of: [nitazene, scra]}"}, 1, "nitazene"},
      {"refused by the loader", {"detect.count.within=96h"}, 1, "clear-too-short: 'clear_after' is 72 hours"},
      {"a misspelt key", {"detect.count.at_lest=2"}, 1, "did you mean 'at_least'?"},
      {"upside down", {"detect.count.at_least.amber=6"}, 1, "red must ask for more than amber"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    std::vector<tuning::knob> knobs;
    for (const auto* one : row.knobs) knobs.push_back(tuning::parse_knob(one).value());
    const auto forms = tuning::forms_of("three", knobs, {rule_text()}, reference());
    REQUIRE(forms);
    REQUIRE(forms->size() == row.forms);
    const auto& last = forms->back();
    const auto said = last.rules ? last.rules->rules.front().sentence : last.refused;
    CHECK_MESSAGE(said.find(row.says) != std::string::npos, said);
  }
  const auto same = tuning::forms_of("three", {tuning::parse_knob("level=amber").value()}, {rule_text()}, reference());
  CHECK(same->front().rules->rules.front().hash == rule_three(*loaded(rule_text())).hash);
  CHECK_FALSE(tuning::forms_of("four", {}, {rule_text()}, reference()));
  const auto many = tuning::parse_knob("x=1..400").value();
  CHECK(tuning::forms_of("three", {many, many}, {rule_text()}, reference()).error().find("at most 500") !=
        std::string::npos);
}

TEST_CASE("labelled events: found with lead or lag, missed, elsewhere") {
  const source_text csv{"events.csv", "event,from,to,where\n"
                                      "in time,2026-03-01T09:00,2026-03-01T20:00,Armley\n"
                                      "elsewhere,2026-03-01,2026-03-01,Wetherby\n"
                                      "the district,2026-03-01T11:30,2026-03-01T13:00,Leeds\n"
                                      "open before,2026-03-02T00:00,2026-03-02T12:00,\n"
                                      "\"weeks, later\",2026-04-01,,\n"};
  const auto events = tuning::read_events(csv, *reference());
  REQUIRE_MESSAGE(events, render(events.error(), {csv}));
  REQUIRE(events->size() == 5);
  CHECK(events->at(1).to == at("2026-03-02T00:00:00Z")); // a day alone is all of it
  CHECK(events->at(4).to == at("2026-04-01T23:00:00Z"));
  const std::vector<observation> past{call("1", "2026-03-01T10:00:00Z"), call("2", "2026-03-01T11:00:00Z"),
                                      call("3", "2026-03-01T12:00:00Z"), call("9", "2026-05-30T00:00:00Z")};
  const auto report = rules::run_backtest(loaded(rule_text()), past, {});
  const auto lag = [&](std::size_t i) { return tuning::first_alert_of(events->at(i), report, *reference()); };
  REQUIRE(lag(0));
  CHECK(lag(0)->after == 3h);
  CHECK_FALSE(lag(1));
  CHECK(lag(2)->after == 30min);
  CHECK(lag(3)->after == -12h);
  CHECK_FALSE(lag(4));
  const auto cost = tuning::cost_of(report, {events->at(4)}, {}, *reference());
  CHECK(cost.signals == 1);
  CHECK(cost.beside == 1);
  CHECK(cost.days_open == doctest::Approx(3));
  CHECK_FALSE(tuning::read_events({"e.csv", "event,to\nx,2026-03-01\n"}, *reference()));
  CHECK_FALSE(tuning::read_events({"e.csv", "event,from,to\nx,2026-03-02,2026-03-01\n"}, *reference()));
}

TEST_CASE("the examples of the tuning page are read as they stand") {
  const auto folder = std::filesystem::path{FOREWARN_SOURCE_DIR} / "docs/rules/examples";
  problems found;
  const auto rules = read_files(folder / "heroin-calls.yaml", {".yaml"}, found);
  const auto events = read_files(folder / "heroin-events.csv", {".csv"}, found);
  REQUIRE(found.empty());
  CHECK(loaded(rules.front())->rules.size() == 1);
  const auto forms = tuning::forms_of("heroin-calls",
                                      {tuning::parse_knob("detect.count.within=6h,24h").value(),
                                       tuning::parse_knob("detect.count.at_least=7,10,13").value()},
                                      rules, reference());
  CHECK(std::all_of(forms->begin(), forms->end(), [](const auto& one) { return one.rules != nullptr; }));
  CHECK(tuning::read_events(events.front(), *reference())->size() == 4);
}

TEST_CASE("why a rule said nothing: each record near, with its fate, and what it would have taken") {
  auto cocaine = call("2", "2026-03-01T11:00:00Z");
  cocaine.substances = {substance_id{"cocaine"}};
  auto newest = call("9", "2026-03-01T13:00:00Z"); // not counted: what is missing is not more of that
  newest.substances.clear();
  auto prison = call("3", "2026-03-01T11:30:00Z");
  prison.setting = setting::prison;
  auto gone = call("4", "2026-03-01T11:40:00Z");
  auto withdrawal = gone;
  withdrawal.withdrawn = true;
  withdrawal.revision = 2;
  withdrawal.received_at = at("2026-03-01T12:30:00Z");
  auto later = call("5", "2026-03-01T12:00:00Z");
  later.received_at = at("2026-03-02T09:00:00Z");
  auto nowhere = call("6", "2026-03-01T12:00:00Z");
  nowhere.ward.reset();
  nowhere.lad.reset();
  const auto other_kind = test::attendance_of_child("7", "2026-03-01T12:10:00Z");
  const std::vector<observation> past{
      call("1", "2026-03-01T10:00:00Z"), cocaine, prison, gone, withdrawal, nowhere, other_kind,
      call("8", "2026-03-01T12:20:00Z"), newest,  later};
  const auto all = loaded(rule_text());
  const auto found =
      tuning::look_into(rule_three(*all), reference(), past, {}, {{"ward", armley}}, at("2026-03-01T14:00:00Z"));
  REQUIRE_MESSAGE(found, found.error());
  std::string fates;
  for (const auto& one : found->records) fates += one.key.id.str() + " " + std::string{to_words(one.fate)} + "; ";
  CHECK(fates == "1 counted; 2 where; 3 where; 4 withdrawn; 5 not known yet; 8 counted; 9 where; ");
  CHECK(found->records[1].why == "is not \"about an opioid\" (substances: cocaine)");
  CHECK(found->records[2].why.find("setting: prison") != std::string::npos);
  CHECK(found->other_kinds.at("attendance") == 1);
  CHECK(found->ungrouped == 1);
  CHECK(found->count == 2);
  CHECK(found->best.count == 2);
  REQUIRE(found->missing);
  CHECK(found->missing->more == 1);
  CHECK(found->missing->bound == 3);
  CHECK_FALSE(found->open);
  const auto silent =
      tuning::look_into(rule_three(*all), reference(), past,
                        {{feed_id{"yas"}, kind_id{"ambulance"}, feed_state::overdue, at("2026-03-01T13:00:00Z")}},
                        {{"ward", armley}}, at("2026-03-01T14:00:00Z"));
  CHECK(std::any_of(silent->notes.begin(), silent->notes.end(),
                    [](const auto& note) { return note.find("overdue") != std::string::npos; }));
  CHECK(
      tuning::look_into(rule_three(*all), reference(), past, {}, {{"ward", armley}}, at("2026-03-02T09:30:00Z"))->open);
  CHECK(tuning::look_into(rule_three(*all), reference(), past, {}, {{"lad", "E08000035"}}, at("2026-03-01T14:00:00Z"))
            .error() == "rule 'three' groups by ward, not by lad");
}

TEST_CASE("why a rule said nothing is asked of one series") {
  const auto all = loaded(rule_text());
  CHECK(tuning::look_into(rule_three(*all), reference(), {}, {}, {}, at("2026-03-01T14:00:00Z")).error() ==
        "rule 'three' groups by ward: say which, --series ward=...");
}

TEST_CASE("advice: on the text, and on what a past shows") {
  const source_text either{"r.yaml",
                           "version: 1\nrules:\n  - id: both\n    title: t\n    owner: o\n    observe: [ambulance]\n"
                           "    where: {substances: [opioid, benzodiazepine], not: {substances: [scra, z-drug]}}\n"
                           "    detect: {every_record: {}}\n"};
  CHECK(codes_of(tuning::lint_text(*loaded(either), {either}, {})) ==
        std::vector<std::string>{"either-of-classes", "no-test"});
  CHECK(tuning::lint_text(*loaded(rule_text()), {rule_text()},
                          {{"t.yaml", "rules: [r.yaml]\ntests: [{expect: [{rule: three}, {rule: other}]}]\n"}})
            .empty());

  std::vector<observation> often;
  for (int day = 1; day <= 28; ++day)
    for (int n = 0; n < 3; ++n)
      often.push_back(call(fmt::format("{}-{}", day, n), fmt::format("2026-03-{:02}T1{}:00:00Z", day, n).c_str()));
  often.push_back(call("end", "2026-03-31T00:00:00Z"));
  struct row {
    const char* name;
    std::string line, instead;
    std::vector<std::string> codes; // one never-observed is of the other rule: no death is there
  };
  const row table[] = {
      {"always open, red never", "", "", {"field-never-filled", "never-met", "never-observed", "open-most"}},
      {"never fires; a word, and a field, that never occur",
       "setting: {not: prison}",
       "setting: hostel",
       {"field-never-filled", "never-met", "never-observed", "never-observed"}},
      {"fires with each record",
       "count: {within: 24h, at_least: {amber: 3, red: 5}}\n    clear_after: 72h",
       "count: {within: 30m, at_least: 1}\n    clear_after: 30m",
       {"field-never-filled", "never-observed", "over-budget"}},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    auto text = rule_text();
    if (!row.line.empty()) text.text.replace(text.text.find(row.line), row.line.size(), row.instead);
    const auto found = tuning::lint_past(loaded(text), often, {});
    CHECK_MESSAGE(codes_of(found) == row.codes, render(found, {}));
  }
}

TEST_CASE("what the rules in force said is kept, and told apart from what did not change") {
  const auto ledger = memory_store();
  const auto note = [&](const source_text& text, const char* when) {
    ledger->begin();
    const auto fresh = note_rule_versions(*loaded(text), *ledger, at(when));
    ledger->commit();
    return fresh;
  };
  CHECK(note(rule_text(), "2026-03-01T00:00:00Z") == 2);
  CHECK(note(rule_text(), "2026-03-02T00:00:00Z") == 0);
  CHECK(note(rule_text("max_delay: 1d"), "2026-03-03T00:00:00Z") == 1);
  auto shorter = rule_text();
  shorter.text = "version: 1\nrules:\n  - {id: other, title: Another, owner: test, observe: [death], detect: "
                 "{every_record: {}}}\n";
  CHECK(note(shorter, "2026-03-04T00:00:00Z") == 1);
  CHECK(note(shorter, "2026-03-05T00:00:00Z") == 0);
  const auto all = ledger->rule_versions(rule_id{"three"});
  REQUIRE(all.size() == 3);
  CHECK(all[0].sentence.starts_with("In each ward, when 3 or more"));
  CHECK(all[0].hash != all[1].hash);
  CHECK(all[2].status == "gone");
  CHECK(ledger->rule_versions({}).size() == 4);
}

namespace {

// Every key of the file is one that the schema names; what the schema leaves open is not looked into.
void check_keys(const yaml::node& node, const boost::json::value& schema, const boost::json::object& definitions,
                const std::string& where, std::vector<std::string>& unknown) {
  const auto& object = schema.as_object();
  if (const auto* name = object.if_contains("$ref")) {
    const auto key = std::string{std::string_view{name->as_string()}}.substr(std::string_view{"#/definitions/"}.size());
    return check_keys(node, definitions.at(key), definitions, where, unknown);
  }
  if (const auto* any = object.if_contains("anyOf")) {
    std::vector<std::string> fewest{"?"};
    for (const auto& one : any->as_array()) {
      std::vector<std::string> here;
      check_keys(node, one, definitions, where, here);
      if (here.empty()) return;
      if (fewest.front() == "?" || here.size() < fewest.size()) fewest = here;
    }
    unknown.insert(unknown.end(), fewest.begin(), fewest.end());
    return;
  }
  const auto* type = object.if_contains("type");
  const auto is = [&](const char* word) { return type != nullptr && type->is_string() && type->as_string() == word; };
  const bool scalar_wanted =
      object.contains("enum") || (type != nullptr && (type->is_array() || !(is("array") || is("object"))));
  if ((is("array") && !node.is_sequence()) || (is("object") && !node.is_mapping()) ||
      (scalar_wanted && !node.is_scalar())) {
    unknown.push_back(where + ": another shape");
    return;
  }
  if (const auto* words = object.if_contains("enum"); words != nullptr) {
    const auto& all = words->as_array();
    if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return one == boost::json::string{node.text}; }))
      unknown.push_back(where + ": the word " + node.text);
  }
  for (const auto& item : node.items)
    if (const auto* items = object.if_contains("items")) check_keys(item, *items, definitions, where + "[]", unknown);
  for (const auto& entry : node.entries) {
    const auto* own = object.if_contains("properties");
    const auto* known = own == nullptr ? nullptr : own->as_object().if_contains(entry.key);
    const auto* more = object.if_contains("additionalProperties");
    if (known != nullptr)
      check_keys(entry.value, *known, definitions, where + "." + entry.key, unknown);
    else if (object.contains("patternProperties") && entry.key.starts_with("attributes."))
      continue;
    else if (more != nullptr && more->is_bool())
      unknown.push_back(where + "." + entry.key);
    else if (more != nullptr)
      check_keys(entry.value, *more, definitions, where + "." + entry.key, unknown);
  }
}

} // namespace

TEST_CASE("the schemas know every key and word of the shipped files") {
  struct row {
    const char* schema;
    const char* folder;
  };
  const row table[] = {{"rules", "rules.d"}, {"feeds", "feeds.d"},   {"services", "services.d"},
                       {"tests", "tests"},   {"grading", "grading"}, {"settings", ""}};
  for (const auto& row : table) {
    const auto schema = schemas::schema_of(row.schema);
    const auto* definitions = schema.if_contains("definitions");
    const boost::json::object none;
    problems found;
    const auto files =
        std::string_view{row.schema} == "settings"
            ? read_files(std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc/forewarn.yaml", {".yaml"}, found)
            : test::shipped_files(row.folder, {".yaml"});
    REQUIRE_FALSE(files.empty());
    for (const auto& file : files) {
      CAPTURE(file.path);
      std::vector<std::string> unknown;
      check_keys(yaml::parse(file).value(), schema, definitions == nullptr ? none : definitions->as_object(),
                 row.schema, unknown);
      CHECK_MESSAGE(unknown.empty(), (unknown.empty() ? std::string{} : unknown.front()));
    }
  }
  CHECK(schemas::schema_of("nothing").empty());
}
