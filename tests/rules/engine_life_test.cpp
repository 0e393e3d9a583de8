// SPDX-License-Identifier: Apache-2.0
// A signal's life, sentence by sentence of the rule language's sections 5 and 6: records in, one line per signal out.
#include "rules/backtest.hpp"
#include "tests/rules/engine_world.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

double hours(instant at) {
  return std::chrono::duration<double>(at - hour(0)).count() / 3600;
}

// "amber 3/3 (2-26] open 26 to 50 below_threshold: 1 2 3"
std::string line(const reported_signal& one) {
  const auto& s = one.state;
  auto out = fmt::format("{} {:g}/{:g} ({:g},{:g}] open {:g}", to_text(s.level), s.value, s.bound, hours(s.window.from),
                         hours(s.window.to), hours(s.opened_at));
  if (s.closed_at) out += fmt::format(" to {:g} {}", hours(*s.closed_at), to_text(*s.close_reason));
  if (s.retrospective) out += " retrospective";
  if (s.late) out += " late";
  if (s.contradicted) out += " contradicted";
  out += ":";
  for (const auto& key : one.evidence) out += " " + key.id.str();
  for (const auto& change : s.changes)
    out += fmt::format(" | {:g} {} {:g}", hours(change.at), to_text(change.level), change.value);
  for (const auto& [field, value] : s.series)
    if (value != "W1") out += " " + value;
  return out;
}

struct scenario {
  const char* name;
  rule by;
  std::vector<observation> records;
  std::vector<std::string> signals;
  double until = 0; // hours; 0: the last record
};

observation with(observation one, const std::function<void(observation&)>& change) {
  change(one);
  return one;
}
observation again(const std::string& id, double at, double received, std::int64_t revision) {
  return with(seen(id, at, received), [&](observation& o) { o.revision = revision; });
}
observation withdrawn(const std::string& id, double at, double received) {
  return with(again(id, at, received, 2), [](observation& o) { o.withdrawn = true; });
}
rule delayed(rule by, duration most) {
  by.max_delay = most;
  return by;
}

void check_all(const std::vector<scenario>& all) {
  for (const auto& one : all) {
    const std::string name = one.name;
    CAPTURE(name);
    backtest_options options;
    if (one.until > 0) options.to = hour(one.until);
    const auto report = run_backtest(set_of({one.by}), one.records, options);
    std::vector<std::string> lines;
    for (const auto& signal : report.signals) lines.push_back(line(signal));
    std::string got;
    for (const auto& text : lines) got += text + "\n";
    CAPTURE(got);
    CHECK(lines == one.signals);
  }
}

} // namespace

TEST_CASE("count: windows, levels, growth and the deadline") {
  check_all({
      {"below the bound nothing opens", count_rule(), {seen("1", 1), seen("2", 2)}, {}, 100},
      {"opens when the bound is reached",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3)},
       {"amber 3/3 (-21,3] open 3: 1 2 3"}},
      {"a record exactly `within` older is outside", count_rule(), {seen("1", 1), seen("2", 2), seen("3", 25)}, {}},
      {"a moment later than the edge is inside",
       count_rule(),
       {seen("1", 1.01), seen("2", 2), seen("3", 25)},
       {"amber 3/3 (1,25] open 25: 1 2 3"}},
      {"closes clear_after past the last qualification",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 10), seen("5", 30)},
       {"amber 4/3 (-14,10] open 3 to 34 below_threshold: 1 2 3 4"},
       100},
      {"a deadline at T is handled before the record at T",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 27), seen("5", 27), seen("6", 27)},
       {"amber 3/3 (-21,3] open 3 to 27 below_threshold: 1 2 3", "amber 3/3 (3,27] open 27: 4 5 6"}},
      {"a higher level is a change, the best window stays",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 4), seen("5", 5), seen("6", 26), seen("7", 27)},
       {"red 5/5 (-19,5] open 3: 1 2 3 4 5 6 7 | 5 red 5"}},
      {"levels do not fall by ageing",
       count_rule(24h, 2, 3),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 26)},
       {"red 3/3 (-21,3] open 2: 1 2 3 4 | 3 red 3"}},
      {"the deadline counts from T where the record came late",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3, 20)},
       {"amber 3/3 (-21,3] open 20 to 44 below_threshold: 1 2 3"},
       99},
      {"the order of arrival is free",
       count_rule(),
       {seen("3", 3, 10), seen("1", 1, 11), seen("2", 2, 12)},
       {"amber 3/3 (-21,3] open 12: 1 2 3"}},
      {"of equal windows the earliest is shown",
       count_rule(24h, 2, 9),
       {seen("1", 20, 20), seen("2", 2, 21), seen("3", 24, 24)},
       {"amber 3/2 (0,24] open 21: 2 1 3"}},
      {"several calls of one incident count once",
       count_rule(),
       {with(seen("1", 1),
             [](auto& o) {
               o.incident = incident_id{"i"};
               o.weight = 7;
             }),
        with(seen("2", 2), [](auto& o) { o.incident = incident_id{"i"}; }), seen("3", 3)},
       {}},
      {"a record without an incident counts its weight",
       count_rule(),
       {with(seen("1", 1), [](auto& o) { o.weight = 4; })},
       {"amber 4/3 (-23,1] open 1: 1"}},
      {"other series are other signals",
       count_rule(24h, 2, 9),
       {seen("1", 1), with(seen("2", 2), [](auto& o) { o.ward = area_code{"W2"}; }), seen("3", 3)},
       {"amber 2/2 (-21,3] open 3: 1 3"}},
      {"a record without the grouped field is not evaluated",
       count_rule(24h, 1, 9),
       {with(seen("1", 1), [](auto& o) { o.ward.reset(); })},
       {}},
  });
}

TEST_CASE("late records neither open nor raise a signal") {
  const auto by = delayed(count_rule(), 6h);
  check_all({
      {"exactly max_delay is not late",
       by,
       {seen("1", 1), seen("2", 2), seen("3", 3, 9)},
       {"amber 3/3 (-21,3] open 9: 1 2 3"}},
      {"what it would have opened is retrospective",
       by,
       {seen("1", 1), seen("2", 2), seen("3", 3, 9.5)},
       {"amber 3/3 (-21,3] open 9.5 retrospective: 1 2 3"}},
      {"it counts in later windows",
       by,
       {seen("1", 1), seen("2", 2, 10), seen("3", 11)},
       {"amber 3/3 (-13,11] open 11: 1 2 3"}},
      {"it joins an open signal as evidence and does not raise it",
       by,
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 4), seen("5", 2.5, 10)},
       {"amber 4/3 (-20,4] open 3: 1 2 5 3 4"}},
      {"a later record in time raises with it",
       by,
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 2.5, 10), seen("5", 11)},
       {"red 5/5 (-13,11] open 3: 1 2 4 3 5 | 11 red 5"}},
      {"without max_delay nothing is late",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3, 3000)},
       {"amber 3/3 (-21,3] open 3000: 1 2 3"}},
      {"a retrospective finding holds back no real one",
       by,
       {seen("1", 1), seen("2", 2), seen("3", 3, 9.5), seen("4", 10)},
       {"amber 3/3 (-21,3] open 9.5 retrospective: 1 2 3", "amber 4/3 (-14,10] open 10: 1 2 3 4"}},
  });
}

TEST_CASE("revised and withdrawn records") {
  check_all({
      {"a lower revision is stale",
       count_rule(24h, 2, 9),
       {seen("1", 1), again("2", 2, 2, 5), again("2", 20, 20, 4)},
       {"amber 2/2 (-22,2] open 2: 1 2"}},
      {"a higher revision replaces",
       count_rule(24h, 2, 9),
       {seen("1", 1), again("2", 60, 60, 1), again("2", 2, 61, 2)},
       {"amber 2/2 (-22,2] open 61: 1 2"}},
      {"the same revision with other content: the later arrival wins",
       count_rule(24h, 2, 9),
       {seen("1", 1), again("2", 60, 60, 1), again("2", 2, 61, 1)},
       {"amber 2/2 (-22,2] open 61: 1 2"}},
      {"the same again changes nothing",
       count_rule(24h, 2, 9),
       {seen("1", 1), seen("2", 2), again("2", 2, 20, 1)},
       {"amber 2/2 (-22,2] open 2 to 26 below_threshold: 1 2"},
       99},
      {"an open signal falls in value",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 4), withdrawn("4", 4, 5)},
       {"amber 3/3 (-21,3] open 3: 1 2 3"}},
      {"an open signal falls in level",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 4), seen("5", 5), withdrawn("2", 2, 6)},
       {"amber 4/3 (-19,5] open 3: 1 3 4 5 | 5 red 5 | 6 amber 4"}},
      {"an open signal closes as data_corrected",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), withdrawn("2", 2, 6)},
       {"amber 3/3 (-21,3] open 3 to 6 data_corrected: 1 2 3"}},
      {"its evidence is released: another record opens a new one",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), withdrawn("2", 2, 6), seen("4", 7)},
       {"amber 3/3 (-21,3] open 3 to 6 data_corrected: 1 2 3", "amber 3/3 (-17,7] open 7: 1 3 4"}},
      {"a revision within the window keeps the signal",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), again("2", 2.5, 6, 2)},
       {"amber 3/3 (-21,3] open 3: 1 2 3"}},
      {"a revision into another ward moves it",
       count_rule(24h, 2, 9),
       {seen("1", 1), seen("2", 2), with(again("2", 2, 6, 2), [](auto& o) { o.ward = area_code{"W2"}; })},
       {"amber 2/2 (-22,2] open 2 to 6 data_corrected: 1 2"}},
      {"a closed signal that would not have held is contradicted",
       count_rule(24h, 2, 9),
       {seen("1", 1), seen("2", 2), withdrawn("2", 2, 80)},
       {"amber 2/2 (-22,2] open 2 to 26 below_threshold contradicted: 1 2"}},
      {"a withdrawal before the record hides it",
       count_rule(24h, 2, 9),
       {seen("1", 1), withdrawn("2", 2, 2), again("2", 2, 3, 1)},
       {}},
  });
}

TEST_CASE("spent evidence") {
  check_all({
      {"a straggler joins the closed signal",
       count_rule(),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 2.5, 50)},
       {"amber 4/3 (-21,3] open 3 to 27 below_threshold: 1 2 4 3"}},
      {"it reopens where the level is lifted",
       count_rule(24h, 3, 4),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 2.5, 50)},
       {"red 4/4 (-21,3] open 3 late: 1 2 4 3 | 50 red 4"}},
      {"and closes again clear_after past that",
       count_rule(24h, 3, 4),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 2.5, 50)},
       {"red 4/4 (-21,3] open 3 to 74 below_threshold late: 1 2 4 3 | 50 red 4"},
       200},
      {"an open signal has precedence",
       count_rule(24h, 2, 9),
       {seen("1", 1), seen("2", 2), seen("3", 50), seen("4", 51), seen("5", 1.5, 52)},
       {"amber 2/2 (-22,2] open 2 to 26 below_threshold: 1 2", "amber 3/2 (-22,2] open 51: 1 5 2 3 4"}},
      {"by max_delay late: evidence only, never reopened",
       delayed(count_rule(24h, 3, 4), 6h),
       {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 2.5, 50)},
       {"amber 3/3 (-21,3] open 3 to 27 below_threshold: 1 2 4 3"}},
  });
}

TEST_CASE("every_record and first_seen") {
  const auto every = rule_with(every_record_detector{}, 168h);
  const auto confirmed = [](const char* id, double at) {
    return with(seen(id, at), [](auto& o) { o.confirmed = o.substances; });
  };
  auto any_certainty = first_seen_rule();
  std::get<first_seen_detector>(any_certainty.detector).any_certainty = true;
  auto with_history = first_seen_rule();
  std::get<first_seen_detector>(with_history.detector).min_history = 48h;
  auto pairs = first_seen_rule();
  std::get<first_seen_detector>(pairs.detector).of = {{field::substances, {}}, {field::substances, {}}};
  const auto mixed = [](const char* id, double at, std::vector<const char*> drugs) {
    return with(seen(id, at), [&](auto& o) {
      o.substances.clear();
      for (const auto* drug : drugs) o.substances.emplace_back(drug);
    });
  };
  check_all({
      {"each record is one signal, open for seven days",
       every,
       {seen("1", 1), seen("2", 1, 3)},
       {"amber 1/1 (1,1] open 1 to 169 below_threshold: 1", "amber 1/1 (1,1] open 3 to 171 below_threshold: 2"},
       500},
      {"revised out of the rule it closes",
       every,
       {seen("1", 1), with(again("1", 1, 5, 2), [](auto& o) { o.kind = kind_id{"other"}; })},
       {"amber 1/1 (1,1] open 1 to 5 data_corrected: 1"}},
      {"revised after closing it opens no second one",
       every,
       {seen("1", 1), again("1", 2, 400, 2)},
       {"amber 1/1 (1,1] open 1 to 169 below_threshold contradicted: 1"}},
      {"first seen, and further finds join it without prolonging it",
       first_seen_rule(),
       {seen("1", 1), seen("2", 100)},
       {"amber 1/1 (-239,1] open 1 to 169 below_threshold: 1 2 heroin"},
       900},
      {"not seen for long enough is first seen again",
       first_seen_rule(),
       {seen("1", 1), seen("2", 241)},
       {"amber 1/1 (-239,1] open 1 to 169 below_threshold: 1 heroin", "amber 1/1 (1,241] open 241: 2 heroin"}},
      {"seen a moment too recently is not",
       first_seen_rule(),
       {seen("1", 1), seen("2", 240.9)},
       {"amber 1/1 (-239,1] open 1 to 169 below_threshold: 1 heroin"}},
      {"confirmed is news though suspected before",
       first_seen_rule(),
       {seen("1", 1), confirmed("2", 200)},
       {"amber 1/1 (-239,1] open 1 to 169 below_threshold: 1 heroin", "amber 1/1 (-40,200] open 200: 2 heroin"}},
      {"certainty: any switches that off",
       any_certainty,
       {seen("1", 1), confirmed("2", 200)},
       {"amber 1/1 (-239,1] open 1 to 169 below_threshold: 1 heroin"}},
      {"suspected is no news after confirmed",
       first_seen_rule(),
       {confirmed("1", 1), seen("2", 200)},
       {"amber 1/1 (-239,1] open 1 to 169 below_threshold: 1 heroin"}},
      {"min_history: the scope must be old enough",
       with_history,
       {seen("1", 1), mixed("2", 48, {"cocaine"}), mixed("3", 49, {"methadone"})},
       {"amber 1/1 (-191,49] open 49: 3 methadone"}},
      {"results that name no substance are never news", first_seen_rule(), {mixed("1", 1, {"nothing-found"})}, {}},
      {"pairs first seen together",
       pairs,
       {mixed("1", 1, {"heroin"}), mixed("2", 2, {"cocaine"}), mixed("3", 3, {"heroin", "cocaine"})},
       {"amber 1/1 (-237,3] open 3: 3 cocaine+heroin"}},
      {"the second find carries on where the first is withdrawn",
       first_seen_rule(),
       {seen("1", 1), seen("2", 2), withdrawn("1", 1, 3)},
       {"amber 1/1 (-238,2] open 1: 2 heroin"}},
  });
}

TEST_CASE("series: set fields, classes, neighbours, unknown") {
  auto by_drug = count_rule(24h, 2, 9);
  by_drug.for_each = {{{field::substances, {}}, false, false, false}};
  auto by_opioid = by_drug;
  by_opioid.where = drugs_of("opioid");
  auto by_class = by_drug;
  by_class.for_each.front().by_class = true;
  auto around = count_rule(24h, 2, 9);
  around.for_each.front().with_neighbours = true;
  auto unknown = count_rule(24h, 2, 9);
  unknown.for_each.front().unknown_too = true;
  const auto in = [](observation one, const char* ward) {
    return with(std::move(one), [&](auto& o) { o.ward = area_code{ward}; });
  };
  const auto drugs = [](observation one, std::vector<substance_id> list) {
    return with(std::move(one), [&](auto& o) { o.substances = list; });
  };
  const substance_id heroin{"heroin"}, cocaine{"cocaine"}, methadone{"methadone"};
  check_all({
      {"one series per member",
       by_drug,
       {drugs(seen("1", 1), {cocaine, heroin}), drugs(seen("2", 2), {heroin}), drugs(seen("3", 3), {cocaine})},
       {"amber 2/2 (-22,2] open 2: 1 2 heroin", "amber 2/2 (-21,3] open 3: 1 3 cocaine"}},
      {"only members that the condition accepts",
       by_opioid,
       {drugs(seen("1", 1), {cocaine, heroin}), drugs(seen("2", 2), {cocaine, heroin})},
       {"amber 2/2 (-22,2] open 2: 1 2 heroin"}},
      {"one series per class",
       by_class,
       {drugs(seen("1", 1), {heroin}), drugs(seen("2", 2), {methadone})},
       {"amber 2/2 (-22,2] open 2: 1 2 opioid"}},
      {"adjoining wards count too",
       around,
       {in(seen("1", 1), "W1"), in(seen("2", 2), "W3")},
       {"amber 2/2 (-22,2] open 2: 1 2 W2"}},
      {"lacking the field: a series of its own",
       unknown,
       {with(seen("1", 1), [](auto& o) { o.ward.reset(); }), with(seen("2", 2), [](auto& o) { o.ward.reset(); })},
       {"amber 2/2 (-22,2] open 2: 1 2 unknown"}},
  });
}
