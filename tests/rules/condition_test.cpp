// SPDX-License-Identifier: Apache-2.0
// What a `where` means on one observation: a table of readings, and random conditions against a naive evaluator that
// knows nothing of indices, sets or short cuts.
#include "rules/small_world.hpp"

#include "rules/condition.hpp"
#include "rules/fact.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <string>

using namespace forewarn;
using namespace forewarn::test;
using namespace forewarn::rules;

namespace {

observation seen(const std::string& more) {
  const auto read = parse_observation(R"({"id": "1", "feed": "yas", "kind": "ambulance", "occurred_at": )"
                                      R"("2026-03-01T23:30:00Z")" +
                                      (more.empty() ? "" : ", " + more) + "}");
  if (!read) throw std::logic_error{read.error()};
  return *read;
}

fact fact_of(const observation& one) {
  return make_fact(std::make_shared<const observation>(one), *small_reference());
}

} // namespace

TEST_CASE("a where holds, or does not") {
  struct row {
    std::string name;
    const char* where;
    const char* observation;
    bool holds;
  };
  const row rows[] = {
      {"everything", "{}", "", true},
      {"a class matches below", "{substances: opioid}", R"("substances": ["protonitazene"])", true},
      {"a member does not match its class", "{substances: protonitazene}", R"("substances": ["nitazene"])", false},
      {"an unlisted nitazene by its stem", "{substances: nitazene}", R"("substances": ["butylonitazene"])", true},
      {"any member", "{substances: heroin}", R"("substances": ["diazepam", "heroin"])", true},
      {"not: no member", "{substances: {not: heroin}}", R"("substances": ["diazepam", "heroin"])", false},
      {"not: none recorded", "{substances: {not: heroin}}", "", true},
      {"positive fails on what lacks it", "{setting: prison}", "", false},
      {"not keeps what lacks it", "{setting: {not: prison}}", "", true},
      {"not of a mapping", "{not: {setting: prison}}", R"("setting": "prison")", false},
      {"all_of", "{substances: {all_of: [heroin, benzodiazepine]}}", R"("substances": ["diazepam", "heroin"])", true},
      {"all_of lacks one", "{substances: {all_of: [heroin, benzodiazepine]}}", R"("substances": ["heroin"])", false},
      {"a district holds its wards", "{area: E08000035}", R"("ward": "E05011387")", true},
      {"a district by name", "{lad: Leeds}", R"("ward": "E05011387")", true},
      {"another district", "{area: Bradford}", R"("ward": "E05011387")", false},
      {"ward by name", "{ward: Armley}", R"("ward": "E05011387")", true},
      {"a ward does not hold its district", "{area: Armley}", R"("lad": "E08000035")", false},
      {"ward by pattern", "{ward: {matches: ^Arm}}", R"("ward": "E05011387")", true},
      {"round midnight", "{hour: 22-04}", "", true},
      {"the last hour is out", "{hour: 20-23}", "", false},
      {"one hour", "{hour: 23}", "", true},
      {"hour at least", "{hour: {at_least: 22}}", "", true},
      {"weekday", "{weekday: sun}", "", true},
      {"another weekday", "{weekday: [mon, tue]}", "", false},
      {"naloxone given", "{naloxone: true}", R"("naloxone": true)", true},
      {"naloxone not recorded is not false", "{naloxone: false}", "", false},
      {"a number", "{naloxone_doses: {at_least: 2}}", R"("naloxone_doses": 2)", true},
      {"more than", "{naloxone_doses: {more_than: 2}}", R"("naloxone_doses": 2)", false},
      {"less than", "{naloxone_doses: {less_than: 3, at_least: 2}}", R"("naloxone_doses": 2)", true},
      {"a listed number", "{naloxone_doses: [1, 2]}", R"("naloxone_doses": 2)", true},
      {"a band inside a limit", "{age: {at_least: 18}}", R"("age_band": "26-34")", true},
      {"a band below a limit", "{age: {at_least: 35}}", R"("age_band": "26-34")", false},
      {"the open band", "{age: {at_least: 65}}", R"("age_band": "65+")", true},
      {"a band across a limit is not known to pass", "{age: {at_least: 18}}", R"("age_band": "16-25")", false},
      {"band by name", "{age_band: 26-34}", R"("age_band": "26-34")", true},
      {"band of an age", "{age_band: [16-17, 26-34]}", R"("age": 30)", true},
      {"exists", "{setting: {exists: true}}", R"("setting": "home")", true},
      {"exists not", "{setting: {exists: false}}", "", true},
      {"an attribute", "{attributes.ampds: 23D02A}", R"("attributes": {"ampds": "23D02A"})", true},
      {"an attribute by pattern", "{attributes.ampds: {matches: ^23}}", R"("attributes": {"ampds": "23D02A"})", true},
      {"an attribute as a number", "{attributes.n: {at_least: 5}}", R"("attributes": {"n": "10"})", true},
      {"an attribute that is no number", "{attributes.n: {at_least: 5}}", R"("attributes": {"n": "ten"})", false},
      {"feed", "{feed: yas}", "", true},
      {"several keys are and", "{substances: heroin, naloxone: true}", R"("substances": ["heroin"])", false},
      {"any", "{any: [{substances: heroin}, {naloxone: true}]}", R"("naloxone": true)", true},
      {"confirmed is its own set", "{confirmed: opioid}", R"("substances": ["heroin"])", false},
      {"sold as", "{sold_as: heroin}", R"("sold_as": ["heroin"])", true},
      {"a result", "{substances: no-active-component}", R"("substances": ["no-active-component"])", true},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto made = good_rule(std::string{"where: "} + r.where);
    CHECK(holds(made.where, fact_of(seen(r.observation))) == r.holds);
  }
}

TEST_CASE("members of a set that the rule is about") {
  struct row {
    std::string name;
    const char* where;
    std::vector<std::string> members; // of diazepam, heroin, protonitazene
  };
  const row rows[] = {
      {"nothing said", "{}", {"diazepam", "heroin", "protonitazene"}},
      {"a class", "{substances: opioid}", {"heroin", "protonitazene"}},
      {"a class but one",
       "{any: [{substances: {any_of: [opioid], not: nitazene}}, {substances: diazepam}]}",
       {"diazepam", "heroin"}},
      {"all of", "{substances: {all_of: [heroin, diazepam]}}", {"diazepam", "heroin"}},
      {"two tests, two members", "{all: [{substances: heroin}, {substances: diazepam}]}", {"diazepam", "heroin"}},
      {"said of another field", "{kind: ambulance}", {"diazepam", "heroin", "protonitazene"}},
  };
  const auto one = seen(R"("substances": ["diazepam", "heroin", "protonitazene"])");
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto made = good_rule(std::string{"where: "} + r.where);
    REQUIRE(holds(made.where, fact_of(one)));
    std::vector<std::string> got;
    for (const auto i : matching_members(made.where, fact_of(one), field::substances))
      got.push_back(one.substances[i].str());
    CHECK(got == r.members);
  }
}

namespace {

// A condition as YAML and, beside it, its meaning spelled out on the raw observation.
struct spoken {
  std::string yaml;
  std::function<bool(const observation&)> means;
};

std::set<std::string> covered_by(const std::string& word) {
  if (word == "opioid") return {"opioid", "synthetic-opioid", "nitazene", "heroin", "protonitazene", "metonitazene"};
  if (word == "nitazene") return {"nitazene", "protonitazene", "metonitazene"};
  if (word == "benzodiazepine") return {"benzodiazepine", "diazepam"};
  return {word};
}

spoken any_condition(int depth) {
  const auto pick = [](std::vector<std::string> words) { return *rc::gen::elementOf(std::move(words)); };
  switch (*rc::gen::inRange(0, depth > 0 ? 8 : 5)) {
  case 0: {
    const auto word = pick({"opioid", "nitazene", "heroin", "diazepam", "benzodiazepine"});
    return {"{substances: " + word + "}", [word](const observation& o) {
              const auto cover = covered_by(word);
              return std::any_of(o.substances.begin(), o.substances.end(),
                                 [&](const substance_id& id) { return cover.contains(id.str()); });
            }};
  }
  case 1: {
    const auto word = pick({"home", "prison", "street"});
    return {"{setting: " + word + "}",
            [word](const observation& o) { return o.setting && to_text(*o.setting) == word; }};
  }
  case 2: {
    const bool wanted = *rc::gen::arbitrary<bool>();
    return {std::string{"{naloxone: "} + (wanted ? "true}" : "false}"),
            [wanted](const observation& o) { return o.naloxone && *o.naloxone == wanted; }};
  }
  case 3: {
    const int least = *rc::gen::inRange(0, 4);
    return {"{naloxone_doses: {at_least: " + std::to_string(least) + "}}",
            [least](const observation& o) { return o.naloxone_doses && *o.naloxone_doses >= least; }};
  }
  case 4: {
    const auto word = pick({"Armley", "Headingley", "E08000035", "E08000032"});
    return {"{area: " + word + "}", [word](const observation& o) {
              if (!o.ward) return false;
              if (word == "Armley") return o.ward->str() == "E05011387";
              if (word == "Headingley") return o.ward->str() == "E05011388";
              return (o.ward->str() == "E05016460") == (word == "E08000032");
            }};
  }
  case 5: {
    const auto inner = any_condition(depth - 1);
    return {"{not: " + inner.yaml + "}", [inner](const observation& o) { return !inner.means(o); }};
  }
  case 6: {
    const auto left = any_condition(depth - 1);
    const auto right = any_condition(depth - 1);
    return {"{all: [" + left.yaml + ", " + right.yaml + "]}",
            [left, right](const observation& o) { return left.means(o) && right.means(o); }};
  }
  default: {
    const auto left = any_condition(depth - 1);
    const auto right = any_condition(depth - 1);
    return {"{any: [" + left.yaml + ", " + right.yaml + "]}",
            [left, right](const observation& o) { return left.means(o) || right.means(o); }};
  }
  }
}

observation any_observation() {
  observation o = seen("");
  for (const char* id : {"diazepam", "heroin", "metonitazene", "nitazene", "protonitazene", "unheard-of"})
    if (*rc::gen::inRange(0, 3) == 0) o.substances.emplace_back(id);
  if (*rc::gen::arbitrary<bool>()) o.setting = *rc::gen::element(setting::home, setting::prison, setting::street);
  if (*rc::gen::arbitrary<bool>()) o.naloxone = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) o.naloxone_doses = *rc::gen::inRange(0, 4);
  if (*rc::gen::arbitrary<bool>())
    o.ward = area_code{*rc::gen::element<std::string>("E05011387", "E05011388", "E05016460")};
  return o;
}

} // namespace

TEST_CASE("random conditions mean what a naive reading of them means, and none called impossible holds") {
  CHECK(rc::check([] {
    const auto wanted = any_condition(3);
    const auto loaded = load(file_with("where: " + wanted.yaml));
    const bool impossible = loaded.rules->rules.empty();
    for (int i = 0; i < 20; ++i) {
      const auto one = any_observation();
      if (impossible)
        RC_ASSERT_FALSE(wanted.means(one));
      else
        RC_ASSERT(holds(loaded.rules->rules.front().where, fact_of(one)) == wanted.means(one));
    }
  }));
}
