// SPDX-License-Identifier: Apache-2.0
// The panel's process on a real store in memory: from a report to a stand-down, and who heard what.
#include "daemon/panel/fields.hpp"
#include "daemon/panel/working_time.hpp"
#include "support/panel_room.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include <boost/json.hpp>

using namespace forewarn;
using namespace std::chrono_literals;
using alerting::decision;
using test::at;
using test::panel_room;

namespace {

using messages = std::multiset<std::string>;
const decision manager{"a manager", "the laboratory says so"};

panel::grade_wish red_answers() {
  panel::grade_wish how;
  how.answers = {
      {"harm", "death"}, {"relevance", "spreading"}, {"evidence", "laboratory"}, {"novelty", "new"}, {"effect", "yes"}};
  return how;
}

alerting::issue_wish for_the_public(bool break_glass = false) {
  alerting::issue_wish how;
  how.audience = audience::people_who_use_drugs;
  how.break_glass = break_glass;
  return how;
}

auto update(panel_room& room, const alert_ref& ref, const panel::update_wish& how, const char* who = "a manager") {
  return room.run([&](desk_view& v, const alerting::setup& with) {
    return panel::update(ref, how, {who, "the laboratory says so"}, with, v.ledger, v.now);
  });
}

template <class Came> std::string error_of(const Came& came) {
  return came ? std::string{} : came.error();
}

} // namespace

TEST_CASE("working time leaves out weekends and bank holidays, and days are as long as the clock says") {
  problems found;
  const auto calendars = parse_calendars(test::shipped_files("calendars", {".yaml"}), found);
  const auto london = zone::named("Europe/London").value();
  struct row {
    const char* name;
    const char* start;
    duration length;
    const char* end;
  };
  const row rows[] = {
      {"within the week", "2026-03-02T12:00:00Z", 24h, "2026-03-03T12:00:00Z"},
      {"over a weekend", "2026-03-06T16:00:00Z", 24h, "2026-03-09T16:00:00Z"},
      {"begun on a Saturday, from Monday's midnight", "2026-03-07T10:00:00Z", 24h, "2026-03-10T00:00:00Z"},
      {"Christmas is two days off and a weekend", "2026-12-24T12:00:00Z", 48h, "2026-12-30T12:00:00Z"},
      {"the weekend that is an hour short, by the local midnight", "2026-03-27T18:00:00Z", 24h, "2026-03-30T17:00:00Z"},
      {"nothing to run", "2026-03-02T12:00:00Z", 0h, "2026-03-02T12:00:00Z"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(format_rfc3339(panel::after_working_time(at(r.start), r.length, london, &calendars.front())) == r.end);
  }
  CHECK(panel::in_business_hours(at("2026-07-01T08:00:00Z"), london, nullptr)); // nine in summer
  CHECK_FALSE(panel::in_business_hours(at("2026-07-01T16:00:00Z"), london, nullptr));
  CHECK(format_rfc3339(panel::next_business_hour(at("2026-03-06T20:00:00Z"), london, &calendars.front())) ==
        "2026-03-09T09:00:00Z");
}

TEST_CASE("the shipped matrix says that it is illustrative, and what it makes of answers") {
  const auto loaded = test::shipped_policy();
  REQUIRE(loaded.found.empty());
  REQUIRE(loaded.how.matrices.size() == 1);
  const auto& matrix = loaded.how.matrices.front();
  CHECK(matrix.illustrative);
  CHECK(matrix.note.find("Illustrative") == 0);
  auto answers = red_answers().answers;
  const auto red = panel::grade(matrix, answers);
  REQUIRE(red);
  CHECK(red->outcome == panel::panel_outcome::formal_alert);
  CHECK(red->level == level::red);
  answers["evidence"] = "hearsay"; // whatever the score
  CHECK(panel::grade(matrix, answers)->outcome == panel::panel_outcome::information_only);
  answers.erase("harm");
  answers["evidence"] = "labratory";
  answers["colour"] = "blue";
  const auto wrong = panel::grade(matrix, answers).error();
  for (const auto* part : {"'harm' is not answered", "did you mean 'laboratory'", "no axis 'colour'"})
    CHECK_MESSAGE(wrong.find(part) != std::string::npos, wrong);
}

TEST_CASE("a matrix with a gap is refused, at its place") {
  const auto found = panel::load_policy({{"g.yaml", R"(version: 1
matrices:
  - id: gap
    title: A matrix
    axes:
      - id: harm
        title: Harm
        question: How much?
        answers: [{id: none, text: None, score: 0}, {id: much, text: Much, score: 5, at_most: sometimes}]
    outcomes:
      - {at_least: 3, outcome: information_only}
      - {at_least: 4, outcome: no_further_action}
clocks: {assess: soon, holidays: easter}
)"}},
                                        *test::the_reference())
                         .found;
  std::string all;
  for (const auto& p : found) all += p.message + '\n';
  for (const auto* part : {"'at_most' cannot be 'sometimes'", "a score of 0 is possible and has no outcome",
                           "4 points come to less than 3 points", "'soon' is no duration", "no calendar 'easter'"})
    CHECK_MESSAGE(all.find(part) != std::string::npos, all);
}

TEST_CASE("a report: reference, on-call, assessment, clocks; accepted it is an observation; then the panel's alert") {
  panel_room room;
  const auto one = room.enter(test::tablets());
  CHECK(one.ref.str() == "R-2026-0001");
  CHECK(one.areas.front().str() == "E08000035"); // a name was looked up
  CHECK(room.heard() == messages{"on-call/maildir report.received"});
  const auto ref = one.assessment.value();
  const auto notice = room.last("report.received");
  CHECK(notice.text.find("Yellow tablets sold as diazepam") != std::string::npos);
  CHECK(notice.text.find("Chris") == std::string::npos);
  const auto due = panel::of(*room.ledger).clock_of(panel::clock_kind::assess, ref.str())->due_at;
  CHECK(std::chrono::floor<std::chrono::seconds>(due) == at("2026-03-03T12:00:00Z"));
  CHECK(panel::of(*room.ledger).clock_of(panel::clock_kind::reply, one.ref.str()).has_value());

  SUBCASE("it cannot be issued before it is validated, nor validated without a criterion") {
    CHECK(error_of(room.issue(ref, {})).find("was not validated yet") != std::string::npos);
    auto bare = test::tablets();
    bare.criteria.clear();
    bare.title = "Another thing";
    const auto other = room.enter(bare);
    CHECK(error_of(room.validate(*other.assessment, {})).find("no admission criterion") != std::string::npos);
    bare.title = "Another thing\nBcc: somebody"; // it is a headline, a subject, a line of a list
    CHECK(error_of(room.run([&](desk_view& v, const alerting::setup& with) {
            return panel::enter(bare, "a manager", with, v.ledger, v.now);
          })) == "the title is one line: no line breaks or control characters");
  }
  SUBCASE("asked, answered, validated, graded, issued") {
    const auto asked = room.run([&](desk_view& v, const alerting::setup& with) {
      return panel::ask(ref, {service_id{"outreach"}}, "Have you seen such tablets this week?", manager, with, v.ledger,
                        v.now);
    });
    REQUIRE_MESSAGE(asked, error_of(asked));
    CHECK(room.heard() == messages{"outreach/maildir corroboration.asked", "outreach/webhook corroboration.asked"});
    CHECK(room.last("corroboration.asked").text.find("could not be woken") == std::string::npos);
    const auto said = room.run([&](desk_view& v, const alerting::setup& with) {
      return panel::answer(ref, service_id{"outreach"}, panel::said::corroborates, "three people spoke of them",
                           "a worker", with, v.ledger, v.now);
    });
    REQUIRE_MESSAGE(said, error_of(said));
    const auto valid = room.validate(ref, {});
    REQUIRE_MESSAGE(valid, error_of(valid));
    const auto seen = room.ledger->latest({feed_id{"reports"}, record_id{"R-2026-0001"}});
    REQUIRE(seen);
    CHECK(seen->kind.str() == "report");
    CHECK(seen->substances == std::vector{substance_id{"bromazolam"}});
    CHECK(seen->lad == area_code{"E08000035"});

    auto wish = red_answers();
    wish.level = level::amber;
    CHECK(error_of(room.grade(ref, wish)).find("to say otherwise, say why") != std::string::npos);
    wish.override_reason = "one batch, most of it seized";
    const auto graded = room.grade(ref, wish);
    REQUIRE_MESSAGE(graded, error_of(graded));
    CHECK(graded->computed_level == level::red);
    alerting::issue_wish how;
    how.outcome = alert_outcome::information_only;
    CHECK(error_of(room.issue(ref, how)).find("graded") != std::string::npos);
    const auto came = room.issue(ref, {});
    REQUIRE_MESSAGE(came, error_of(came));
    const auto& out = came->issued.value();
    CHECK(out.level == level::amber);
    CHECK(out.content.headline == "Leeds: Yellow tablets sold as diazepam");
    CHECK(out.content.drugs == std::vector<std::string>{"Bromazolam"});
    CHECK(out.content.evidence.front().text == "1 report; corroborated by 1 of 1 asked");
    CHECK(room.heard() == messages{"outreach/maildir alert.issued", "outreach/webhook alert.issued"});
    const auto sent = room.last("alert.issued");
    for (const auto& text : {sent.text, sent.html, sent.json})
      for (const auto* kept : {"Chris", "desk@example.org", "could not be woken", "source_grade"})
        CHECK_MESSAGE(text.find(kept) == std::string::npos, kept);
    CHECK_FALSE(panel::of(*room.ledger).clock_of(panel::clock_kind::assess, ref.str()));
    CHECK(panel::of(*room.ledger).case_of(ref)->step == panel::case_step::decided);
    CHECK(room.written_down() ==
          std::vector<std::string>{"a manager report.entered R-2026-0001", "a manager assessment.asked A-2026-0001",
                                   "a worker assessment.answered A-2026-0001",
                                   "a manager assessment.validated A-2026-0001",
                                   "a manager assessment.graded A-2026-0001", "a manager alert.issued FW-2026-0001"});
  }
  SUBCASE("dismissed, it is declined and counts as nothing") {
    const auto done = room.run(
        [&](desk_view& v, const alerting::setup&) { return v.process.dismiss(ref, manager, v.ledger, v.now); });
    REQUIRE(done);
    CHECK(panel::of(*room.ledger).report_by_ref(one.ref)->state == panel::report_state::declined);
    CHECK_FALSE(room.ledger->latest({feed_id{"reports"}, record_id{"R-2026-0001"}}));
  }
}

TEST_CASE("of a report with handling conditions no words leave the panel") {
  panel_room room;
  auto one = test::tablets();
  one.may_be_shared = panel::handling::with_conditions;
  const auto entered = room.enter(one);
  const auto ref = entered.assessment.value();
  CHECK(room.last("report.received").text.find("Yellow") == std::string::npos);
  CHECK(room.ledger->assessment_by_ref(ref)->headline == "Report R-2026-0001 (handling conditions apply)");
  const auto asked = room.run([&](desk_view& v, const alerting::setup& with) {
    return panel::ask(ref, {service_id{"outreach"}}, "Is it so that two people could not be woken after it?", manager,
                      with, v.ledger, v.now);
  });
  CHECK(error_of(asked).find("five words in a row") != std::string::npos);
  REQUIRE(room.validate(ref, {}));
  struct row {
    const char* name;
    const char* content;
    const char* wrong; // null: it goes out
  };
  const row rows[] = {
      {"the report's own title", "", "in the panel's own words"},
      {"five of its words", R"({"headline": "Leeds: one tablet each near the bus station"})", "five words in a row"},
      {"its source, in another case", R"({"headline": "Leeds: tablets, says NIGHT  worker: the night worker chris"})",
       "who the report is from"},
      {"an unknown part", R"({"headline": "Leeds: tablets", "colour": "yellow"})", "no part 'colour'"},
      {"a part of the wrong kind", R"({"headline": "Leeds: tablets", "drugs": "bromazolam"})", "must be a list"},
      {"an unknown drug", R"({"headline": "Leeds: tablets", "drugs": ["moonshine"]})", "no substance 'moonshine'"},
      {"the panel's own words", R"({"headline": "Leeds: tablets that are not what they seem"})", nullptr},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    alerting::issue_wish how;
    how.content = r.content;
    const auto came = room.issue(ref, how);
    if (r.wrong == nullptr) {
      REQUIRE_MESSAGE(came, error_of(came));
      CHECK(came->issued->ref.str() == "FW-2026-0001"); // refusals used up no number
    } else {
      CHECK_MESSAGE(error_of(came).find(r.wrong) != std::string::npos, error_of(came));
    }
  }
  const auto shown = boost::json::serialize(panel::as_json(panel::without_confidences(entered)));
  for (const auto* kept : {"Chris", "woken", "desk@example.org", "Yellow"})
    CHECK_MESSAGE(shown.find(kept) == std::string::npos, kept);
}

TEST_CASE("what is overdue speaks again and again, louder; a risk to life by night as well") {
  panel_room room{"2026-03-06T16:00:00Z"}; // a Friday
  auto urgent = test::tablets();
  urgent.risk_to_life = true;
  const auto one = room.enter(urgent);
  (void)room.heard();
  room.move(4h + 1s); // at eight in the evening
  CHECK(room.heard() == messages{"on-call/maildir assessment.overdue"});
  CHECK(room.last("assessment.overdue").level == level::red);
  room.move(1h + 1s);
  CHECK(room.heard() == messages{"on-call/maildir assessment.overdue", "operators/maildir assessment.overdue"});
  const auto done = room.run([&](desk_view& v, const alerting::setup&) {
    return v.process.dismiss(*one.assessment, manager, v.ledger, v.now);
  });
  REQUIRE(done);
  room.move(72h); // its reporter waits until Tuesday
  CHECK(room.heard().empty());
  room.move(24h); // 21:00 on Tuesday: that may wait for the morning
  CHECK(room.heard().empty());
  room.move(13h);
  CHECK(room.heard() == messages{"on-call/maildir reply.overdue"});
  const auto replied = room.run([&](desk_view& v, const alerting::setup&) {
    return panel::reply(one.ref, "nothing came of it", "a manager", v.ledger, v.now);
  });
  REQUIRE(replied);
  room.move(240h);
  CHECK(room.heard().empty());
}

TEST_CASE("an update goes to exactly those who received it, in the thread, with what changed and why") {
  panel_room room;
  const auto first = room.issued_signal();
  CHECK(first.level == level::amber);
  (void)room.heard();
  panel::update_wish nothing;
  CHECK(error_of(update(room, first.ref, nothing)).find("nothing would change") != std::string::npos);

  panel::update_wish how;
  how.content = R"({"drugs": ["protonitazene"]})";
  how.level = level::red; // the shelter takes red alone, and had nothing before
  how.correction = true;
  const auto second = update(room, first.ref, how);
  REQUIRE_MESSAGE(second, error_of(second));
  CHECK(second->version == 2);
  CHECK(second->supersedes == "FW-2026-0001 v1");
  CHECK(second->content.substances == std::vector<std::string>{"protonitazene"});
  CHECK(room.heard() == messages{"outreach/maildir alert.updated", "outreach/webhook alert.updated"});
  const auto sent = room.last("alert.updated");
  CHECK(sent.thread == room.last("alert.issued").thread);
  CHECK(sent.subject.starts_with("CORRECTION: "));
  CHECK(sent.text.find("Drug of concern: Protonitazene; was: Heroin") != std::string::npos);
  CHECK(sent.text.find("Why: the laboratory says so") != std::string::npos);
  const auto body = boost::json::parse(sent.json).as_object();
  CHECK(body.at("type") == "alert.updated");
  CHECK(body.at("data").at("change").at("correction") == true);
  CHECK(body.at("data").at("version") == 2);

  how = {};
  how.widen = true;
  how.content = R"({"certainty": "toxicology confirmed"})";
  REQUIRE(update(room, first.ref, how));
  CHECK(room.heard() ==
        messages{"outreach/maildir alert.updated", "outreach/webhook alert.updated", "shelter/maildir alert.updated"});

  const auto over = room.run([&](desk_view& v, const alerting::setup& with) {
    return panel::stand_down(first.ref, {"a consultant", "no case for four weeks"}, with, v.ledger, v.now);
  });
  REQUIRE_MESSAGE(over, error_of(over));
  CHECK(room.heard() == messages{"outreach/maildir alert.stood_down", "outreach/webhook alert.stood_down",
                                 "shelter/maildir alert.stood_down"});
  CHECK(room.last("alert.stood_down").text.find("no all-clear") != std::string::npos);
  CHECK(panel::of(*room.ledger).alert_versions(first.ref).size() == 4);
  CHECK(room.ledger->alerts(true, {}).empty());
  CHECK(error_of(update(room, first.ref, how)).find("it was stood_down by a consultant") != std::string::npos);
  room.move(24h * 40); // nothing about it speaks any more
  for (const auto& one : room.heard()) CHECK(one.find("alert.") == std::string::npos);
}

TEST_CASE("a retraction says not to act; whoever is no longer configured is told of to on-call") {
  panel_room room;
  const auto first = room.issued_signal();
  auto fewer = alerting::load_services({{"s.yaml", R"(services:
  - id: on-call
    name: On call
    roles: [on_call]
    channels:
      - maildir: {folder: mail/on-call, to: on-call@localhost}
  - id: outreach
    name: Outreach team
    channels:
      - maildir: {folder: mail/outreach, to: outreach@localhost}
)"}},
                                       *test::the_reference());
  room.work->replace(room.rules, std::make_shared<const alerting::service_book>(std::move(fewer.book)),
                     test::the_words());
  (void)room.heard();
  const auto over = room.run([&](desk_view& v, const alerting::setup& with) {
    return panel::retract(first.ref, manager, with, v.ledger, v.now);
  });
  REQUIRE_MESSAGE(over, error_of(over));
  CHECK(room.heard() == messages{"on-call/maildir alert.failed", "outreach/maildir alert.retracted"});
  CHECK(room.last("alert.retracted").subject.starts_with("RETRACTED: "));
  CHECK(room.last("alert.failed").text.find("outreach by webhook") != std::string::npos);
}

TEST_CASE("a review date nags until a person has looked; an end that is over stands nothing down") {
  panel_room room;
  const auto first = room.issued_signal();
  (void)room.heard();
  room.move(24h * 8);
  auto heard = room.heard();
  CHECK(heard.count("on-call/maildir alert.review_due") == 1);
  room.move(25h);
  heard = room.heard();
  CHECK(heard.count("on-call/maildir alert.review_due") == 1);
  CHECK(heard.count("operators/maildir alert.review_due") == 1);
  const auto looked = room.run([&](desk_view& v, const alerting::setup&) {
    return panel::review(first.ref, v.now + 24h * 3, manager, v.ledger, v.now);
  });
  REQUIRE_MESSAGE(looked, error_of(looked));
  room.move(24h);
  CHECK(room.heard().count("on-call/maildir alert.review_due") == 0);
  room.move(24h * 32);
  CHECK(room.heard().count("on-call/maildir alert.expired") == 1);
  CHECK(room.ledger->alert_by_ref(first.ref)->state == alert_state::issued);
}

TEST_CASE("nothing goes to people who use drugs ungraded, and nothing red on one person's word") {
  panel_room room;
  (void)room.enter(test::tablets());
  const auto ref = assessment_ref{"A-2026-0001"};
  REQUIRE(room.validate(ref, {}));
  CHECK(error_of(room.issue(ref, for_the_public())).find("before the panel has graded it") != std::string::npos);
  REQUIRE(room.grade(ref, red_answers()));
  (void)room.heard();

  SUBCASE("two people, and the second is another one") {
    const auto first = room.issue(ref, for_the_public());
    REQUIRE_MESSAGE(first, error_of(first));
    CHECK_FALSE(first->issued);
    const auto again = room.issue(ref, for_the_public(), " A Manager. ");
    REQUIRE(again);
    CHECK(again->waits.find("a manager has released it already") == 0);
    alerting::issue_wish wider = for_the_public();
    wider.audience = audience::public_; // something else than the first person said
    const auto other = room.issue(ref, wider, "a consultant");
    REQUIRE(other);
    CHECK_FALSE(other->issued);
    CHECK(room.heard() == messages{"on-call/maildir alert.awaits_second", "on-call/maildir alert.awaits_second"});
    const auto second = room.issue(ref, {}, "a manager"); // to what the consultant said
    REQUIRE(second);
    REQUIRE(second->issued);
    CHECK(second->issued->audience == audience::public_);
    CHECK(room.heard() == messages{"page/webhook alert.issued"});
  }
  SUBCASE("alone by break-glass: told at once, reviewed by another, or it nags day and night") {
    const auto came = room.issue(ref, for_the_public(true));
    REQUIRE_MESSAGE(came, error_of(came));
    REQUIRE(came->issued);
    CHECK(room.heard() == messages{"on-call/maildir alert.break_glass", "operators/maildir alert.break_glass",
                                   "page/webhook alert.issued"});
    room.move(24h + 1s);
    CHECK(room.heard().count("on-call/maildir alert.second_review_due") == 1);
    room.move(12h);
    CHECK(room.heard().count("operators/maildir alert.second_review_due") == 1);
    const auto review = [&](const char* who) {
      return room.run([&](desk_view& v, const alerting::setup&) {
        return panel::review(came->issued->ref, {}, {who, "it is right"}, v.ledger, v.now);
      });
    };
    CHECK(error_of(review("a manager")).find("another person's") != std::string::npos);
    REQUIRE(review("a consultant"));
    panel::update_wish how;
    how.content = R"({"sold_as": ["diazepam"]})";
    CHECK(error_of(update(room, came->issued->ref, how)).find("needs two people") != std::string::npos);
    how.break_glass = true;
    REQUIRE(update(room, came->issued->ref, how, "a consultant"));
    CHECK(error_of(review("a consultant")).find("another person's") != std::string::npos);
  }
}

TEST_CASE("two alerts about one batch become one: everyone who had either is told") {
  panel_room room;
  const auto calls = room.issued_signal();
  (void)room.enter(test::tablets());
  const auto ref = assessment_ref{"A-2026-0002"};
  REQUIRE(room.validate(ref, {}));
  auto how = red_answers();
  REQUIRE(room.grade(ref, how));
  const auto came = room.issue(ref, {});
  REQUIRE_MESSAGE(came, error_of(came));
  const auto tablets = came->issued.value(); // red: the shelter has it too
  (void)room.heard();
  const auto one = room.run([&](desk_view& v, const alerting::setup& with) {
    return panel::merge(tablets.ref, calls.ref, manager, with, v.ledger, v.now);
  });
  REQUIRE_MESSAGE(one, error_of(one));
  CHECK(one->ref == calls.ref);
  CHECK(one->level == level::red);
  CHECK(room.heard() == messages{"outreach/maildir alert.stood_down", "outreach/maildir alert.updated",
                                 "outreach/webhook alert.stood_down", "outreach/webhook alert.updated",
                                 "shelter/maildir alert.stood_down", "shelter/maildir alert.updated"});
  CHECK(room.last("alert.stood_down").text.find("goes on as FW-2026-0001") != std::string::npos);
  CHECK(room.ledger->alert_by_ref(tablets.ref)->state == alert_state::stood_down);
}

TEST_CASE("an exercise reaches the training room and nobody else, from the report to the stand-down") {
  panel_room room;
  auto drill = test::tablets();
  drill.status = alert_status::exercise;
  const auto one = room.enter(drill);
  CHECK(room.heard() == messages{"drill/maildir exercise.notice"});
  const auto ref = one.assessment.value();
  const auto asked = [&](const char* who) {
    return room.run([&](desk_view& v, const alerting::setup& with) {
      return panel::ask(ref, {service_id{who}}, "Do you know of it?", manager, with, v.ledger, v.now);
    });
  };
  CHECK(error_of(asked("outreach")).find("not a service for exercises") != std::string::npos);
  REQUIRE(asked("drill"));
  REQUIRE(room.validate(ref, {}));
  CHECK_FALSE(room.ledger->latest({feed_id{"reports"}, record_id{one.ref.str()}})); // no signal comes of it
  REQUIRE(room.grade(ref, red_answers()));
  const auto came = room.issue(ref, for_the_public());
  REQUIRE_MESSAGE(!came, "the training room does not take that audience");
  const auto out = room.issue(ref, {});
  REQUIRE_MESSAGE(out, error_of(out));
  CHECK(out->issued->status == alert_status::exercise);
  const auto over = room.run([&](desk_view& v, const alerting::setup& with) {
    return panel::stand_down(out->issued->ref, manager, with, v.ledger, v.now);
  });
  REQUIRE_MESSAGE(over, error_of(over));
  for (const auto& sent : room.heard()) {
    CHECK_MESSAGE(sent.starts_with("drill/maildir exercise."), sent);
  }
  CHECK(room.last("exercise.alert_stood_down").subject.starts_with("EXERCISE: "));
  // And the other way round: nothing real reaches the training room.
  (void)room.issued_signal();
  for (const auto& sent : room.heard()) CHECK_MESSAGE(!sent.starts_with("drill/"), sent);
}

TEST_CASE("services answer the list of actions") {
  panel_room room;
  const auto first = room.issued_signal();
  const auto answer = [&](const char* service, std::size_t action, panel::action_answer_word word, const char* note) {
    return room.run([&](desk_view& v, const alerting::setup&) {
      return panel::answer_actions(first.ref, {service_id{service}, action, word, note}, "a worker", v.ledger, v.now);
    });
  };
  using enum panel::action_answer_word;
  CHECK(error_of(answer("shelter", 1, done, "")).find("was not sent") != std::string::npos);
  CHECK(error_of(answer("outreach", 99, done, "")).find("no number 99") != std::string::npos);
  CHECK(error_of(answer("outreach", 1, cannot, " ")).find("what stands in the way") != std::string::npos);
  CHECK(*answer("outreach", 1, cannot, "nobody on shift") == 1);
  CHECK(*answer("outreach", 0, done, "") == first.content.actions.size());
  CHECK(panel::of(*room.ledger).action_answers(first.ref).size() == 1 + first.content.actions.size());
}

TEST_CASE("what was dealt with already is found again; the same alert from elsewhere is entered once") {
  panel_room room;
  auto outside = test::tablets();
  outside.kind = panel::report_kind::alert;
  outside.from = panel::origin::natpsa;
  outside.outside_ref = "NatPSA/2023/007/OHID";
  const auto one = room.enter(outside);
  CHECK(room.enter(outside).ref == one.ref);
  const auto two = room.enter(test::tablets());
  CHECK(two.like == std::vector<std::string>{one.ref.str()});
  const auto hits = panel::like("yellow DIAZEPAM tablets", *room.ledger);
  REQUIRE(hits.size() == 2);
  CHECK(hits.front().ref == two.ref.str()); // alike as well, and newer
  CHECK(panel::like("something else entirely", *room.ledger).empty());
  CHECK(panel::like("", *room.ledger).empty());
}

TEST_CASE("out of hours only professionals hear what the panel has not graded, where the place says so") {
  struct row {
    const char* name;
    const char* start;
    bool says_so, graded, break_glass;
    audience to;
    bool goes_out;
  };
  const row rows[] = {
      {"on a Saturday", "2026-03-07T12:00:00Z", true, false, false, audience::services, false},
      {"at night", "2026-03-03T02:00:00Z", true, false, false, audience::services, false},
      {"to professionals", "2026-03-07T12:00:00Z", true, false, false, audience::professionals, true},
      {"graded", "2026-03-07T12:00:00Z", true, true, false, audience::services, true},
      {"on one person's word", "2026-03-07T12:00:00Z", true, false, true, audience::services, true},
      {"to the public on one person's word", "2026-03-03T12:00:00Z", true, false, true, audience::public_, true},
      {"in hours", "2026-03-03T12:00:00Z", true, false, false, audience::services, true},
      {"where the place does not", "2026-03-07T12:00:00Z", false, false, false, audience::services, true},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    panel_room room{r.start};
    auto how = *room.work->in_force().panel;
    how.professionals_alone_out_of_hours = r.says_so;
    room.work->keep(std::make_shared<const panel::policy>(how));
    const auto ref = room.enter(test::tablets()).assessment.value();
    REQUIRE(room.validate(ref, {}));
    if (r.graded) REQUIRE(room.grade(ref, red_answers()));
    alerting::issue_wish wish;
    wish.audience = r.to;
    wish.break_glass = r.break_glass;
    const auto came = room.issue(ref, wish);
    CHECK_MESSAGE(came.has_value() == r.goes_out, error_of(came));
    if (!came) CHECK(error_of(came).find("out of hours only professionals") == 0);
    // Amber or red: whoever breaks the glass is looked after by a second person.
    const auto second =
        came && panel::of(*room.ledger).clock_of(panel::clock_kind::second_review, came->issued.value().ref.str());
    CHECK(second == r.break_glass);
    CHECK(room.heard().contains("on-call/maildir alert.break_glass") == r.break_glass);
  }
}
