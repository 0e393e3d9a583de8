// SPDX-License-Identifier: Apache-2.0
// After the signal: what waits and until when, what never waits, what a digest holds, and that nothing is lost.
#include "daemon/alerting/civil_hours.hpp"
#include "support/duty_desk.hpp"
#include "support/golden.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>

#include <boost/json.hpp>

using namespace forewarn;
using namespace forewarn::test;
using namespace std::chrono_literals;
using types = std::vector<std::string>;

namespace {

using quiet_window = rules::alert_plan::quiet_window;

const quiet_window nights{22h, 7h, {}, "Europe/London"};
const alerting::decision manager{"a manager", "known cluster"};

rules::rule with_plan(const std::function<void(rules::alert_plan&)>& change, rules::rule one = two_calls()) {
  change(one.alert);
  return one;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("quiet hours end by the clock on the wall, on days of 23 and 25 hours too") {
  struct row {
    const char* name;
    std::vector<quiet_window> quiet;
    const char* now;
    const char* until; // "": not quiet
  };
  const quiet_window weekend_nights{22h, 7h, {4, 5}, "Europe/London"};
  const quiet_window small_hours{30min, 1h + 30min, {}, "Europe/London"};
  const quiet_window over_the_jump{0h, 2h + 30min, {}, "Europe/London"};
  const row rows[] = {
      {"winter evening", {nights}, "2026-01-10T22:00:00Z", "2026-01-11T07:00:00Z"},
      {"a second before", {nights}, "2026-01-10T21:59:59Z", ""},
      {"at its end", {nights}, "2026-01-11T07:00:00Z", ""},
      {"summer evening", {nights}, "2026-07-10T21:00:00Z", "2026-07-11T06:00:00Z"},
      {"the night of 23 hours", {nights}, "2026-03-28T22:30:00Z", "2026-03-29T06:00:00Z"},
      {"the night of 25 hours", {nights}, "2026-10-24T21:30:00Z", "2026-10-25T07:00:00Z"},
      {"ends in the repeated hour: its first", {small_hours}, "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"},
      {"the repeated hour itself", {small_hours}, "2026-10-25T01:10:00Z", ""},
      {"ends after the missing hour", {over_the_jump}, "2026-03-29T00:10:00Z", "2026-03-29T01:30:00Z"},
      {"Friday night", {weekend_nights}, "2026-01-09T23:00:00Z", "2026-01-10T07:00:00Z"},
      {"Saturday's small hours are Friday's night", {weekend_nights}, "2026-01-10T06:00:00Z", "2026-01-10T07:00:00Z"},
      {"Sunday night", {weekend_nights}, "2026-01-11T23:00:00Z", ""},
      {"two that meet are one",
       {nights, {7h, 9h, {}, "Europe/London"}},
       "2026-01-10T23:00:00Z",
       "2026-01-11T09:00:00Z"},
      {"another zone", {{22h, 7h, {}, "America/New_York"}}, "2026-01-11T03:00:00Z", "2026-01-11T12:00:00Z"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto until = alerting::quiet_until(r.quiet, at(r.now));
    CHECK((until ? format_rfc3339(*until) : std::string{}) == r.until);
  }
}

TEST_CASE("the next morning and the next Monday") {
  const auto london = zone::named("Europe/London").value();
  struct row {
    const char* now;
    std::optional<unsigned> weekday;
    const char* then;
  };
  const row rows[] = {
      {"2026-03-28T07:59:00Z", {}, "2026-03-28T08:00:00Z"}, {"2026-03-28T08:00:00Z", {}, "2026-03-29T07:00:00Z"},
      {"2026-10-24T12:00:00Z", {}, "2026-10-25T08:00:00Z"}, {"2026-03-02T07:00:00Z", 0U, "2026-03-02T08:00:00Z"},
      {"2026-03-02T08:00:00Z", 0U, "2026-03-09T08:00:00Z"}, {"2026-03-24T12:00:00Z", 0U, "2026-03-30T07:00:00Z"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.now);
    CHECK(format_rfc3339(alerting::next_time_of_day(london, 8h, at(r.now), r.weekday)) == r.then);
  }
}

TEST_CASE("a signal waits or speaks: by age, level, hours, budget") {
  struct row {
    const char* name;
    std::function<void(rules::alert_plan&)> plan;
    const char* now;
    int calls;
    duration age;
    const char* waits; // "": on-call hears at once
  };
  const auto stale = [](auto& plan) { plan.stale_after = 12h; };
  const auto quiet = [](auto& plan) { plan.quiet = {nights}; };
  const auto no_budget = [](auto& plan) { plan.budget = {24h * 30, 0}; };
  const row rows[] = {
      {"nothing said", [](auto&) {}, "2026-03-02T23:00:00Z", 2, 20h, ""},
      {"fresh", stale, "2026-03-02T23:00:00Z", 2, 12h - 1s, ""},
      {"old", stale, "2026-03-02T23:00:00Z", 2, 12h + 1s, "stale 2026-03-03T08:00:00Z"},
      {"old and red", stale, "2026-03-02T23:00:00Z", 4, 20h, ""},
      {"at night", quiet, "2026-03-02T23:00:00Z", 2, 0h, "quiet 2026-03-03T07:00:00Z"},
      {"by day", quiet, "2026-03-02T21:00:00Z", 2, 0h, ""},
      {"red at night", quiet, "2026-03-02T23:00:00Z", 4, 0h, ""},
      {"beyond the budget", no_budget, "2026-03-02T07:00:00Z", 2, 0h, "budget 2026-03-02T08:00:00Z"},
      {"red beyond the budget", no_budget, "2026-03-02T12:00:00Z", 4, 0h, ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    duty_desk d{{with_plan(r.plan)}, r.now};
    d.calls(r.calls, armley, r.age);
    CHECK(d.waits() == r.waits);
    const bool at_once = std::string_view{r.waits}.empty();
    CHECK(d.heard_types() == (at_once ? types{"signal.opened"} : types{}));
    CHECK(d.ledger->assessments(true, {}).size() == 1); // whoever looks sees it
  }
}

TEST_CASE("quiet hours: what waited comes as a digest at their end, once, also after a kill") {
  duty_desk d{{with_plan([](auto& plan) { plan.quiet = {nights}; })}, "2026-03-02T23:00:00Z"};
  d.calls(2, armley);
  d.calls(2, bramley);
  CHECK(d.heard().empty());
  d.restart();
  d.move_to("2026-03-03T06:59:00Z");
  CHECK(d.heard().empty());
  d.move_to("2026-03-03T07:00:00Z");
  const auto told = d.heard();
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "signal.digest");
  CHECK(told[0].subject == "Digest: 2 amber signals, told together");
  CHECK(holds(told[0].text, "Waited since 2026-03-02 23:00 GMT: quiet hours."));
  CHECK(holds(told[0].text, "Armley"));
  CHECK(holds(told[0].text, "A-2026-0001"));
  CHECK(holds(told[0].text, "A-2026-0002"));
  const auto body = boost::json::parse(told[0].json).as_object();
  CHECK(body.at("data").at("kind") == "digest");
  CHECK(body.at("data").at("signals").as_array().size() == 2);
  CHECK(holds(d.how_it_ended(), "told in the digest of 2026-03-03 07:00 GMT"));
  d.move(24h);
  CHECK(d.heard().empty());
  d.move_to("2026-03-06T12:00:00Z"); // the closing of what they know of, by day
  CHECK(d.heard_types() == types(2, "signal.closed"));
}

TEST_CASE("what never waits: a rise to red or of a level, a first detection, a fresh crossing of what is known") {
  const auto quiet = [](auto& plan) { plan.quiet = {nights}; };
  SUBCASE("a rise tells the opening that waited, with the level it has now") {
    duty_desk d{{with_plan(quiet)}, "2026-03-02T23:00:00Z"};
    d.calls(2);
    REQUIRE(d.waits() == "quiet 2026-03-03T07:00:00Z");
    d.clock.move(1h);
    d.calls(2);
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(told[0].type == "signal.opened");
    CHECK(told[0].level == level::red);
    CHECK(d.waits().empty());
    CHECK(d.how_it_ended() == "told at once after all");
    d.move_to("2026-03-03T07:00:00Z");
    CHECK(d.heard().empty());
  }
  SUBCASE("a rise of what is known is told as one") {
    duty_desk d{{with_plan(quiet)}, "2026-03-02T21:00:00Z"};
    d.calls(2);
    d.clock.move(2h);
    d.calls(2);
    CHECK(d.heard_types() == types{"signal.opened", "signal.changed"});
  }
  SUBCASE("a fresh crossing of what is known") {
    duty_desk d{{with_plan(quiet)}, "2026-03-02T12:00:00Z"};
    d.calls(2);
    (void)d.heard();
    d.move_to("2026-03-03T23:00:00Z");
    d.calls(2);
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(holds(told[0].text, "has reached it again"));
  }
  SUBCASE("a first detection") {
    duty_desk d{{with_plan(quiet, nitazene_first_seen(*the_reference()))}, "2026-03-02T23:00:00Z"};
    auto one = drug_test("w1", "2026-03-02T10:00:00Z");
    d.arrive({one});
    CHECK(d.heard_types() == types{"signal.opened"});
  }
  SUBCASE("merely growing waits on") {
    duty_desk d{{with_plan(quiet)}, "2026-03-02T23:00:00Z"};
    d.calls(2);
    d.calls(1);
    CHECK(d.heard().empty());
  }
}

TEST_CASE("an automatic rule: the alert's hold begins when on-call hears, not while the notice waits") {
  duty_desk d{{with_plan([](auto& plan) { plan.quiet = {nights}; }, child_attendance())}, "2026-03-02T23:00:00Z"};
  auto child = attendance_of_child("c1", "2026-03-02T22:00:00Z");
  d.arrive({child});
  CHECK(d.ledger->alerts(false, {}).empty());
  d.move_to("2026-03-03T07:00:00Z");
  const auto told = d.heard();
  REQUIRE(told.size() == 1);
  CHECK(holds(told[0].text, "goes out to the duty desks at 07:15 GMT unless it is stopped"));
  CHECK(d.heard("desk").empty());
  d.move_to("2026-03-03T07:16:00Z");
  CHECK(d.heard_types("desk") == types{"alert.issued"});
}

TEST_CASE("what was stale is told at once when something fresh joins it") {
  auto rule = with_plan([](auto& plan) { plan.stale_after = 6h; });
  rule.detector = rules::count_detector{24h, {{level::amber, 2}}, {}};
  duty_desk d{{rule}};
  d.calls(2, armley, 10h);
  REQUIRE(d.waits() == "stale 2026-03-03T08:00:00Z");
  d.calls(1, armley, 9h);
  CHECK(d.heard().empty());
  d.calls(1, armley, 0h);
  CHECK(d.heard_types() == types{"signal.opened"});
}

TEST_CASE("a budget is what was told at once within its span; the rest is one digest a day, and room comes back") {
  duty_desk d{{with_plan([](auto& plan) { plan.budget = {24h * 10, 2}; })}};
  const char* wards[] = {armley, bramley, "E05011388", "E05011389"};
  for (const auto* ward : wards) {
    d.calls(2, ward);
    d.clock.move(10min);
  }
  CHECK(d.heard_types() == types{"signal.opened", "signal.opened"});
  CHECK(d.waits(2) == "budget 2026-03-03T08:00:00Z");
  d.move_to("2026-03-03T08:00:00Z");
  const auto told = d.heard();
  REQUIRE(told.size() == 1);
  CHECK(holds(told[0].text, "beyond the budget of its rule"));
  d.move_to("2026-03-12T12:30:00Z");
  (void)d.heard();
  d.calls(2, armley);
  CHECK(d.heard_types() == types{"signal.opened"});
}

TEST_CASE("inhibited: while a signal of the other rule is open around it, as high or higher") {
  auto wide = opioid_callouts(*the_reference());
  wide.id = rule_id{"wide"};
  wide.for_each = {{{rules::field::lad, {}}}};
  struct row {
    const char* name;
    double amber;      // of the wide rule
    bool by_ward;      // the wide rule counts by ward as well
    const char* first; // ward of the calls that came before
    int before;
    bool shadow;
    const char* waits;
  };
  const row rows[] = {
      {"an enclosing area", 1, false, bramley, 1, false, "inhibited"},
      {"the same area", 1, true, armley, 1, false, "inhibited"},
      {"another ward", 3, true, bramley, 3, false, ""},
      {"a rule in shadow inhibits nothing", 1, false, bramley, 1, true, ""},
      {"none is open", 98, false, bramley, 1, false, ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto other = wide;
    if (r.by_ward) other.for_each = {{{rules::field::ward, {}}}};
    other.detector = rules::count_detector{24h, {{level::amber, r.amber}}, {}};
    if (r.shadow) other.status = rules::rule_status::shadow;
    duty_desk d{{with_plan([](auto& plan) { plan.inhibit = {rule_id{"wide"}}; }), other}};
    d.calls(r.before, r.first);
    d.clock.move(1min);
    d.calls(2, armley);
    const auto all = d.signals();
    const auto narrow = std::find_if(all.begin(), all.end(), [](const signal& s) {
      return s.rule.str() == "two-calls" && s.series == series_key{{"ward", armley}};
    });
    REQUIRE(narrow != all.end());
    CHECK(d.waits(static_cast<std::size_t>(narrow - all.begin())) == r.waits);
  }
}

TEST_CASE("inhibited in one job with what inhibits it; told when that has ended and it is still open") {
  auto wide = opioid_callouts(*the_reference());
  wide.id = rule_id{"zz-wide"}; // told after the other one
  wide.for_each = {{{rules::field::lad, {}}}};
  wide.detector = rules::count_detector{24h, {{level::amber, 2}}, {}};
  auto narrow = with_plan([](auto& plan) { plan.inhibit = {rule_id{"zz-wide"}}; });
  bool outlives = false;
  SUBCASE("still open") {
    outlives = true;
  }
  SUBCASE("closed before") {
    outlives = false;
  }
  narrow.clear_after = outlives ? 96h : 48h;
  duty_desk d{{narrow, wide}};
  d.calls(2);
  CHECK(d.heard_types() == types{"signal.opened"});
  CHECK(d.waits(d.signals().front().rule.str() == "two-calls" ? 0 : 1) == "inhibited");
  d.move(73h);
  const auto told = d.heard();
  const auto which = d.signals().front().rule.str() == "two-calls" ? 0U : 1U;
  CHECK(d.waits(which).empty());
  if (outlives) {
    REQUIRE(told.size() == 1);
    CHECK(told[0].type == "signal.digest");
    CHECK(holds(told[0].text, "Waited since"));
  } else {
    CHECK(told.size() == 1);
    CHECK(told[0].type == "signal.closed");
    CHECK(d.how_it_ended(which) == "it closed while it waited; nobody was told");
  }
}

TEST_CASE("two rules that inhibit each other: one of them speaks") {
  auto one = with_plan([](auto& plan) { plan.inhibit = {rule_id{"other"}}; });
  auto other = with_plan([](auto& plan) { plan.inhibit = {rule_id{"two-calls"}}; });
  other.id = rule_id{"other"};
  duty_desk d{{other, one}};
  d.calls(2);
  CHECK(d.heard_types() == types{"signal.opened"});
}

TEST_CASE("found late: deaths and drug tests the next morning, the rest with the week's digest, once") {
  struct row {
    const char* name;
    const char* kind;
    const char* waits;
  };
  const row rows[] = {{"call-outs", "ambulance", "late 2026-03-09T08:00:00Z"},
                      {"drug tests", "drug_test", "late 2026-03-03T08:00:00Z"},
                      {"deaths", "death", "late 2026-03-03T08:00:00Z"}};
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto rule = two_calls();
    rule.max_delay = 24h * 30;
    rule.observe.kinds = {kind_id{r.kind}};
    duty_desk d{{rule}};
    std::vector<observation> all{d.call(armley, 24h * 40), d.call(armley, 24h * 40)};
    for (auto& one : all) one.kind = kind_id{r.kind};
    d.arrive(all);
    CHECK(d.waits() == r.waits);
    CHECK(d.heard().empty());
    CHECK(d.ledger->assessments(false, {}).empty());
    d.move_to("2026-03-09T08:00:00Z");
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(holds(told[0].text, "Found late, amber"));
    d.move(24h * 8);
    CHECK(d.heard().empty());
  }
}

TEST_CASE("reminders: while nobody has acknowledged it, on growth, and once a week while it is open") {
  const auto daily = [](auto& plan) { plan.remind_after = 24h; };
  auto rule = with_plan(daily);
  rule.clear_after = 24h * 30;
  const auto has_it = [](desk_view& v) {
    REQUIRE(v.process.acknowledge(v.ledger.assessments(true, {}).front().ref, manager, v.ledger, v.now));
  };
  SUBCASE("until somebody has it in hand") {
    duty_desk d{{rule}, "2026-03-03T12:00:00Z"};
    d.calls(2);
    (void)d.heard();
    d.move(23h);
    CHECK(d.heard().empty());
    d.move(61min);
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(told[0].type == "signal.changed");
    CHECK(told[0].subject.starts_with("Signal still open, amber"));
    CHECK(holds(told[0].text, "Still open, amber, and nobody has acknowledged it."));
    CHECK(boost::json::parse(told[0].json).at("data").at("change") == "reminder");
    d.state->run(has_it);
    d.move(24h + 1min);
    CHECK(d.heard().empty());
    d.move_to("2026-03-09T08:00:00Z");
    const auto weekly = d.heard();
    REQUIRE_FALSE(weekly.empty());
    CHECK(weekly.back().type == "signal.digest");
    CHECK(holds(weekly.back().text, "Still open, amber. Told once a week while it is open."));
  }
  SUBCASE("in hand, and grown since") {
    duty_desk d{{rule}, "2026-03-03T12:00:00Z"};
    d.calls(2);
    d.state->run(has_it);
    (void)d.heard();
    d.clock.move(1h);
    d.calls(1);
    CHECK(d.heard().empty()); // not before a day has passed
    d.move(23h + 1min);
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(holds(told[0].text, "It has grown from 2 to 3 since on-call was last told."));
    CHECK(boost::json::parse(told[0].json).at("data").at("change") == "grew");
  }
  SUBCASE("by how much it grew") {
    auto grows = with_plan([](auto& plan) { plan.remind_growth = 0.5; });
    grows.detector = rules::count_detector{24h, {{level::amber, 2}}, {}};
    duty_desk d{{grows}};
    d.calls(2);
    (void)d.heard();
    d.calls(1); // 3 is half as many again
    CHECK(d.heard_types() == types{"signal.changed"});
    d.calls(1); // 4 is not half as many as 3 again
    CHECK(d.heard().empty());
    d.calls(1);
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(holds(told[0].text, "It has grown from 3 to 5 since on-call was last told."));
  }
  SUBCASE("not of what has closed") {
    rule.clear_after = 24h;
    duty_desk d{{rule}, "2026-03-03T12:00:00Z"};
    d.calls(2);
    d.move(24h * 2);
    (void)d.heard();
    d.move(24h * 14);
    CHECK(d.heard().empty());
  }
}

TEST_CASE("a mute holds back everything of what it names, red too, and its end is told with what waited") {
  struct row {
    const char* what;
    bool waits;
  };
  const row rows[] = {
      {"two-calls", true},      {"ward=Armley", true},     {"two-calls ward=Armley", true}, {"hostel-1", true},
      {"Example hostel", true}, {"ward=E05011387", false}, {"under-16-attendance", false}};
  for (const auto& r : rows) {
    CAPTURE(r.what);
    duty_desk d{{two_calls(), child_attendance()}};
    d.state->run([&](desk_view& v) {
      const auto done = v.process.mute(r.what, "12h", manager, v.ledger, v.now);
      REQUIRE_MESSAGE(done, (done ? std::string{} : done.error()));
      CHECK(done->ref == "M-2026-0001");
    });
    std::vector<observation> all;
    for (int i = 0; i < 4; ++i) {
      all.push_back(d.call());
      all.back().site = site_id{"hostel-1"};
    }
    d.arrive(all);
    CHECK(d.waits().starts_with("muted") == r.waits);
    CHECK(d.heard().empty() == r.waits);
    d.move(12h + 1min);
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(told[0].type == "signal.digest");
    CHECK(holds(told[0].text, "The mute M-2026-0001"));
    CHECK(holds(told[0].text, "Set by a manager on 2026-03-02 12:00 GMT: known cluster."));
    CHECK(holds(told[0].text, r.waits ? "1 notice waited for it." : "No notice waited for it."));
    CHECK((told[0].level == level::red) == r.waits);
    CHECK(d.ledger->mutes(true).empty());
    d.move(24h);
    CHECK(d.heard().empty());
  }
}

TEST_CASE("a mute ended early, a mute of what waits already, and an automatic alert within its hold") {
  SUBCASE("early") {
    duty_desk d{{two_calls()}};
    d.state->run([&](desk_view& v) { REQUIRE(v.process.mute("two-calls", "2d", manager, v.ledger, v.now)); });
    d.calls(2);
    d.state->run([&](desk_view& v) {
      const auto done = v.process.end_mute("M-2026-0001", {"a manager", "it is over"}, v.ledger, v.now);
      REQUIRE(done);
      CHECK(done->ended_at);
      CHECK(v.process.end_mute("M-2026-0001", manager, v.ledger, v.now).error().find("ended already") !=
            std::string::npos);
      CHECK(v.process.end_mute("M-1", manager, v.ledger, v.now).error().find("no mute 'M-1'") == 0);
    });
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(holds(told[0].text, "ended early by a manager (it is over)"));
    CHECK(holds(told[0].text, "Armley"));
  }
  SUBCASE("an alert within its hold waits for the mute's end") {
    duty_desk d{{child_attendance()}};
    auto child = attendance_of_child("c1", "2026-03-02T11:00:00Z");
    d.arrive({child});
    d.state->run([&](desk_view& v) { REQUIRE(v.process.mute("under-16-attendance", "2h", manager, v.ledger, v.now)); });
    d.move(20min);
    CHECK(d.heard("desk").empty());
    d.move(2h);
    CHECK(d.heard_types("desk") == types{"alert.issued"});
  }
}

TEST_CASE("a mute that cannot be is refused in plain words") {
  duty_desk d{{two_calls()}};
  struct row {
    const char* what;
    const char* until;
    alerting::decision by;
    const char* says;
  };
  const row rows[] = {
      {"two-call", "12h", manager, "did you mean 'two-calls'?"},
      {"two-calls wrd=Armley", "12h", manager, "did you mean 'ward'?"},
      {"S-nothing", "12h", manager, "no signal 'S-nothing'"},
      {" ", "12h", manager, "say what to mute"},
      {"two-calls", "tomorrow", manager, "is no end for a mute"},
      {"two-calls", "2026-03-02T11:00", manager, "is over already"},
      {"two-calls", "91d", manager, "90 days at most"},
      {"two-calls", "12h", {"", "why"}, "--who NAME"},
      {"two-calls", "12h", {"a manager", ""}, "--reason TEXT"},
  };
  d.state->run([&](desk_view& v) {
    for (const auto& r : rows) {
      CAPTURE(r.what);
      CAPTURE(r.until);
      const auto refused = v.process.mute(r.what, r.until, r.by, v.ledger, v.now);
      REQUIRE_FALSE(refused);
      CHECK_MESSAGE(holds(refused.error(), r.says), refused.error());
    }
    CHECK(v.ledger.mutes(false).empty());
    const auto summer = v.process.mute("two-calls", "2026-04-02 08:00", manager, v.ledger, v.now);
    REQUIRE(summer);
    CHECK(format_rfc3339(summer->until) == "2026-04-02T07:00:00Z");
  });
}

TEST_CASE("signals that arise together are one message, red first; a job that is undone tells nothing") {
  duty_desk d{{two_calls()}};
  std::vector<observation> all;
  const auto call = [&](const char* ward) {
    for (int i = 0; i < (std::string_view{ward} == bramley ? 4 : 2); ++i) all.push_back(d.call(ward));
  };
  for (const auto* ward : {"E05011389", "E05011390", "E05011392", "E05011393"}) call(ward);
  d.arrive(all);
  CHECK(d.heard_types() == types(4, "signal.opened")); // so few are told one by one
  d.clock.move(24h * 30);
  d.poke();
  (void)d.heard();
  all.clear();
  for (const auto* ward : {"E05011390", armley, bramley, "E05011388", "E05011392"}) call(ward);
  d.arrive(all);
  const auto told = d.heard();
  REQUIRE(told.size() == 1);
  CHECK(told[0].subject == "Digest, RED: 1 red and 4 amber signals at once");
  CHECK(told[0].level == level::red);
  CHECK(told[0].text.find("Bramley") < told[0].text.find("Armley"));
  CHECK(told[0].text.find("Armley") < told[0].text.find("Burmantofts"));
  d.clock.move(1min);
  CHECK_THROWS(d.state->run([&](desk_view& v) {
    signal_event event{signal_change::raised, v.now, v.ledger.signals(true, {}).front(), {}, {}};
    v.process.take(event, v.ledger, v.now);
    throw std::runtime_error{"undone"};
  }));
  d.poke();
  CHECK(d.heard().empty());
}

TEST_CASE("after an outage: one digest of what is caught up with, then single messages again") {
  duty_desk d{{two_calls()}};
  d.poke();
  SUBCASE("a short one changes nothing") {
    d.stop();
    d.clock.move(29min);
    d.begin();
    d.calls(2);
    CHECK(d.heard_types() == types{"signal.opened"});
  }
  SUBCASE("a long one") {
    d.stop();
    d.clock.move(31min);
    d.begin();
    d.calls(2, armley);
    d.clock.move(5s);
    d.calls(4, bramley);
    CHECK(d.heard().empty());
    CHECK(d.waits().starts_with("outage"));
    d.move(30s);
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(told[0].subject == "Digest, RED: 1 red and 1 amber signals, told together");
    d.calls(2, "E05011388"); // still catching up: a longer wave
    CHECK(d.heard().empty());
    d.move(61s);
    CHECK(d.heard_types() == types{"signal.digest"});
    d.move(3min);
    d.calls(2, "E05011389");
    CHECK(d.heard_types() == types{"signal.opened"});
  }
}

TEST_CASE("what could not be sent for long goes out as one digest; alerts stay single; nothing is lost") {
  duty_desk d{{two_calls(), child_attendance()}};
  const char* wards[] = {armley, bramley, "E05011388"};
  for (const auto* ward : wards) {
    d.calls(2, ward);
    d.clock.move(1min);
  }
  d.calls(2, bramley); // red now
  CHECK(d.heard().size() == 4);
  SUBCASE("a destination works again") {
    const auto back = [&](duration after) {
      d.clock.move(1min);
      d.state->run(
          [&](desk_view& v) { v.process.destination_back("on-call/maildir", v.now - after, v.ledger, v.now); });
    };
    back(29min);
    CHECK(d.heard_types() == types{"delivery.resumed"});
    back(31min);
    const auto told = d.heard();
    REQUIRE(told.size() == 2);
    CHECK(told[0].subject == "Digest, RED: 1 red and 2 amber signals while nothing could be sent");
    back(40min);
    CHECK(d.heard_types() == types{"delivery.resumed"});
  }
  SUBCASE("Forewarn itself was away") {
    d.stop();
    d.clock.move(3h);
    d.begin();
    d.poke();
    const auto told = d.heard();
    REQUIRE(told.size() == 1);
    CHECK(told[0].type == "signal.digest");
  }
  std::map<std::string, int> states;
  for (const auto& one : d.ledger->deliveries(service_id{"on-call"}, {.limit = 100}))
    if (one.message.type.starts_with("signal."))
      ++states[fmt::format("{} {}", one.message.type, to_text(one.row.state))];
  CHECK(states == std::map<std::string, int>{
                      {"signal.opened in_digest", 3}, {"signal.changed in_digest", 1}, {"signal.digest due", 1}});
}

TEST_CASE("the words of a digest, and a webhook body that holds what fits") {
  duty_desk d{{two_calls(), child_attendance()}, "2026-03-02T12:00:00Z"};
  d.state->run([&](desk_view& v) { REQUIRE(v.process.mute("ward=Armley", "1h", manager, v.ledger, v.now)); });
  d.calls(4, armley);
  d.move(61min);
  const auto told = d.heard();
  REQUIRE(told.size() == 1);
  check_golden("daemon/golden/digest-mute.subject", told[0].subject + "\n");
  check_golden("daemon/golden/digest-mute.txt", told[0].text);
  check_golden("daemon/golden/digest-mute.html", told[0].html);
  check_golden("daemon/golden/digest-mute.json", told[0].json + "\n");

  auto each = child_attendance();
  each.alert.release = release::panel;
  duty_desk many{{each}};
  std::vector<observation> all;
  for (int i = 0; i < 120; ++i) {
    all.push_back(attendance_of_child("c" + std::to_string(i), "2026-03-02T11:00:00Z"));
    all.back().occurred_at += i * 1s;
  }
  many.arrive(all);
  const auto lot = many.heard();
  REQUIRE(lot.size() == 1);
  CHECK(lot[0].json.size() < 20'000);
  const auto data = boost::json::parse(lot[0].json).at("data").as_object();
  CHECK(data.at("count") == 120);
  CHECK(data.at("signals").as_array().size() + data.at("left_out").to_number<std::size_t>() == 120);
  CHECK(data.at("signals").as_array().size() > 20);
  for (const auto& one : many.signals()) CHECK(holds(lot[0].text, one.id.str()));
}

TEST_CASE("a rule in shadow tells nobody, and once a week stands beside the live ones") {
  auto shadow = two_calls();
  shadow.id = rule_id{"three-calls"};
  shadow.title = "Three calls in a ward";
  shadow.status = rules::rule_status::shadow;
  shadow.detector = rules::count_detector{24h, {{level::amber, 3}}, {}};
  duty_desk d{{two_calls(), shadow}, "2026-03-04T12:00:00Z"};
  d.calls(3, armley);
  d.calls(2, bramley);
  for (const auto& one : d.heard()) CHECK_FALSE(holds(one.text, "three-calls"));
  d.restart();
  d.poke();
  d.move_to("2026-03-07T12:00:00Z");
  for (const auto& one : d.heard()) CHECK_FALSE(holds(one.text, "three-calls"));
  d.move_to("2026-03-09T08:00:00Z");
  const auto told = d.heard();
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == "signal.digest");
  CHECK(holds(told[0].text,
              "In shadow, 'Three calls in a ward' (three-calls) had 1 signal this week, and live rules that watch the "
              "same kinds had 2. 1 of its signals rests on records that a live rule told of as well. It did not see 1 "
              "signal of the live rules': two-calls (1)."));
  d.move_to("2026-03-10T08:00:00Z");
  CHECK(d.heard().empty());

  SUBCASE("what only the shadow rule saw is named") {
    shadow.detector = rules::count_detector{24h, {{level::amber, 1}}, {}};
    duty_desk other{{two_calls(), shadow}, "2026-03-04T12:00:00Z"};
    other.calls(1, armley);
    other.move_to("2026-03-09T08:00:00Z");
    const auto week = other.heard();
    REQUIRE(week.size() == 1);
    CHECK(week[0].subject == "Digest: The week");
    CHECK(holds(week[0].text, "had 1 signal this week, and live rules that watch the same kinds had none."));
    CHECK(holds(week[0].text, "Only the shadow rule saw Armley (amber, opened 2026-03-04 12:00 GMT)."));
  }
}
