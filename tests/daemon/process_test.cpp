// SPDX-License-Identifier: Apache-2.0
// The alert process on a real store in memory: what each change of a signal leads to, and what people may decide.
#include "daemon/alerting/process.hpp"
#include "daemon/store/open.hpp"
#include "support/alerting_scene.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include <boost/json.hpp>

using namespace forewarn;
using namespace forewarn::alerting;
using std::chrono::minutes;

namespace {

const instant opened_at = test::at("2026-03-01T12:02:00Z");
const decision manager{"a manager", "three from one batch"};

constexpr const char* people = R"(services:
  - id: on-call
    name: On call
    roles: [on_call, operators]
    takes: {audience: on_call}
    channels:
      - maildir: {folder: mail/on-call, to: on-call@localhost}
      - email: {to: on-call@example.org}
  - id: desk
    name: Duty desk
    roles: [duty_desk]
    channels:
      - maildir: {folder: mail/desk, to: desk@localhost}
  - id: outreach
    name: Outreach team
    takes: {areas: Leeds, substances: opioid}
    channels:
      - webhook: {url: "https://example.org/hook", secret_file: k}
  - id: page
    name: Public page
    roles: [duty_desk]
    takes: {audience: [public, people_who_use_drugs]}
    channels:
      - webhook: {url: "https://example.org/page", secret_file: k}
)";

// A district's process over an empty store, with the signals a test says.
struct district {
  std::shared_ptr<const reference_data> reference = test::shipped_reference();
  std::unique_ptr<store> ledger = memory_store();
  rules::rule count = test::opioid_callouts(*reference);
  rules::rule child = test::child_attendance();
  std::shared_ptr<const word_book> words = std::make_shared<word_book>(test::shipped_words());
  std::shared_ptr<const service_book> services;
  std::unique_ptr<process> work;

  explicit district(const std::string& who = people) {
    auto loaded = load_services({{"s.yaml", who}}, *reference);
    for (const auto& p : loaded.found) REQUIRE_MESSAGE(p.how != severity::error, p.message);
    services = std::make_shared<service_book>(std::move(loaded.book));
    restart();
  }
  void restart() {
    work = std::make_unique<process>(test::rule_set_of(reference, {count, child}), services, words, "FW");
  }

  void take(signal_change what, const signal& state, instant now, const std::vector<observation>& evidence = {}) {
    ledger->begin();
    signal_event event{what, now, state, {}, {}};
    for (const auto& one : evidence) {
      ledger->append(one);
      event.evidence_added.push_back(one.key);
    }
    ledger->save(state);
    ledger->add_evidence(state.id, event.evidence_added);
    work->take(event, *ledger, now);
    work->keep_current(*ledger, now);
    ledger->commit();
  }
  void advance(instant now) {
    ledger->begin();
    work->advance(*ledger, now);
    ledger->commit();
  }
  signal open_count() {
    const std::vector<observation> evidence{test::call_out("1", "2026-03-01T10:00:00Z", "p:a", nullptr),
                                            test::call_out("2", "2026-03-01T11:00:00Z", "p:b", nullptr),
                                            test::call_out("3", "2026-03-01T12:00:00Z", "p:c", nullptr)};
    const auto state = test::signal_over(count, {{"ward", "E05011385"}}, evidence);
    take(signal_change::opened, state, opened_at, evidence);
    return state;
  }
  signal open_child() {
    const std::vector<observation> evidence{test::attendance_of_child("9", "2026-03-01T12:00:00Z")};
    const auto state = test::signal_over(child, {}, evidence);
    take(signal_change::opened, state, opened_at, evidence);
    return state;
  }

  // "service/channel type", sorted.
  [[nodiscard]] std::multiset<std::string> sent() const {
    std::multiset<std::string> out;
    for (const auto& one : ledger->deliveries({}, {.limit = 1000}))
      out.insert(one.row.service.str() + "/" + one.row.channel + " " + one.message.type);
    return out;
  }
  [[nodiscard]] std::multiset<std::string> sent_since(const std::multiset<std::string>& before) const {
    std::multiset<std::string> out;
    const auto now = sent();
    std::set_difference(now.begin(), now.end(), before.begin(), before.end(), std::inserter(out, out.end()));
    return out;
  }
  [[nodiscard]] message last(const std::string& type) const {
    for (const auto& one : ledger->deliveries({}, {.limit = 1000}))
      if (one.message.type == type) return one.message;
    FAIL("no message of type " << type);
    return {};
  }
  [[nodiscard]] assessment only_assessment() const {
    const auto all = ledger->assessments(false, {});
    REQUIRE(all.size() == 1);
    return all.front();
  }
  [[nodiscard]] alert only_alert() const {
    const auto all = ledger->alerts(false, {});
    REQUIRE(all.size() == 1);
    return all.front();
  }
};

using messages = std::multiset<std::string>;
const messages on_call_opened{"on-call/email signal.opened", "on-call/maildir signal.opened"};

} // namespace

TEST_CASE("a signal of a panel rule: on-call hears at once, services hear nothing until a person issues it") {
  district d;
  d.open_count();
  CHECK(d.sent() == on_call_opened);
  const auto work = d.only_assessment();
  CHECK(work.ref.str() == "A-2026-0001");
  CHECK(work.state == assessment_state::received);
  CHECK(work.headline == "Armley, Leeds: 3 ambulance call-outs in 24 hours, Heroin");
  CHECK(d.ledger->alerts(false, {}).empty());
  CHECK(d.last("signal.opened").text.find("A-2026-0001") != std::string::npos);

  const auto before = d.sent();
  const auto issued = d.work->issue(work.ref, alert_outcome::formal_alert, manager, *d.ledger, opened_at + minutes{30});
  REQUIRE_MESSAGE(issued, (issued ? std::string{} : issued.error()));
  CHECK(issued->ref.str() == "FW-2026-0001");
  CHECK(issued->version == 1);
  CHECK(d.sent_since(before) == messages{"desk/maildir alert.issued", "outreach/webhook alert.issued"});
  CHECK(d.only_alert().state == alert_state::issued);
  CHECK(d.only_alert().content.instigator == "a manager");
  CHECK(d.only_assessment().state == assessment_state::issued);
  CHECK(d.only_assessment().alert == issued->ref);
  const auto body = boost::json::parse(d.last("alert.issued").json).as_object();
  CHECK(body.at("type") == "alert.issued");
  CHECK(body.at("data").at("reference") == "FW-2026-0001");
}

TEST_CASE("the same event twice tells nobody twice") {
  district d;
  const auto state = d.open_count();
  const auto before = d.sent();
  d.take(signal_change::opened, state, opened_at + minutes{1});
  CHECK(d.sent() == before);
  CHECK(d.ledger->assessments(false, {}).size() == 1);
}

TEST_CASE("message ids are the same for the same message, service and channel, and for nothing else") {
  district one, other;
  one.open_count();
  other.open_count();
  const auto ids = [](const district& d) {
    std::set<std::string> out;
    for (const auto& row : d.ledger->deliveries({}, {})) out.insert(row.row.id.str());
    return out;
  };
  CHECK(ids(one) == ids(other));
  CHECK(ids(one).size() == 2);
  for (const auto& id : ids(one)) CHECK(id.size() == 36);
}

TEST_CASE("a signal of an automatic rule: held, on-call told when it goes out, then to duty desks alone") {
  district d;
  d.open_child();
  CHECK(d.sent() == on_call_opened);
  const auto held = d.only_alert();
  CHECK(held.state == alert_state::held);
  CHECK(held.outcome == alert_outcome::information_only);
  CHECK(held.hold_until == opened_at + minutes{15});
  CHECK(d.ledger->assessments(false, {}).empty());
  const auto notice = d.last("signal.opened");
  CHECK(notice.text.find("goes out to the duty desks at 12:17 GMT unless it is stopped") != std::string::npos);
  CHECK(d.work->next_deadline(*d.ledger) == opened_at + minutes{15});

  d.advance(opened_at + minutes{14});
  CHECK(d.sent() == on_call_opened);
  const auto before = d.sent();
  d.advance(opened_at + minutes{15});
  CHECK(d.sent_since(before) == messages{"desk/maildir alert.issued"});
  CHECK(d.only_alert().state == alert_state::issued);
  CHECK(d.only_alert().decided_by == "automatic");
  CHECK(d.work->next_deadline(*d.ledger) ==
        d.ledger->alerts(false, {}).front().review_by); // then it is looked at again
  const auto after = d.sent();
  d.advance(opened_at + minutes{60});
  CHECK(d.sent() == after);
}

TEST_CASE("an automatic alert is never for people who use drugs or the public, whatever its rule says") {
  district d;
  d.child.alert.audience = audience::public_;
  d.restart();
  d.open_child();
  CHECK(d.only_alert().audience == audience::professionals);
  d.advance(opened_at + minutes{15});
  for (const auto& line : d.sent()) CHECK(line.find("page/") == std::string::npos);
}

TEST_CASE("on-call stops a held alert; nothing goes out") {
  district d;
  d.open_child();
  const auto ref = d.only_alert().ref;
  CHECK_FALSE(d.work->stop(ref, {"", "a test"}, *d.ledger, opened_at + minutes{5}));
  CHECK_FALSE(d.work->stop(ref, {"a manager", " "}, *d.ledger, opened_at + minutes{5}));
  const auto stopped = d.work->stop(ref, {"a manager", "a test record"}, *d.ledger, opened_at + minutes{5});
  REQUIRE(stopped);
  CHECK(d.only_alert().state == alert_state::stopped);
  CHECK(d.only_alert().decided_by == "a manager");
  d.advance(opened_at + minutes{20});
  CHECK(d.sent() == on_call_opened);
  CHECK(d.work->stop(ref, manager, *d.ledger, opened_at + minutes{6}).error().find("it is stopped") !=
        std::string::npos);
}

TEST_CASE("an alert that has gone out cannot be stopped, and the refusal says what to do") {
  district d;
  d.open_child();
  const auto ref = d.only_alert().ref;
  CHECK(d.work->stop(ref, manager, *d.ledger, opened_at + minutes{15}).error().find("is going out") !=
        std::string::npos);
  d.advance(opened_at + minutes{15});
  CHECK(d.work->stop(ref, manager, *d.ledger, opened_at + minutes{16}).error().find("already went out") !=
        std::string::npos);
}

TEST_CASE("a signal that closes as corrected within the hold stops the alert, and on-call hears of both") {
  district d;
  auto state = d.open_child();
  const auto before = d.sent();
  state.closed_at = opened_at + minutes{5};
  state.close_reason = close_reason::data_corrected;
  d.take(signal_change::closed, state, opened_at + minutes{5});
  CHECK(d.only_alert().state == alert_state::stopped);
  CHECK(d.sent_since(before) == messages{"on-call/email signal.closed", "on-call/maildir signal.closed"});
  CHECK(d.last("signal.closed").text.find("was stopped; no service received it") != std::string::npos);
  d.advance(opened_at + minutes{30});
  CHECK(d.sent().count("desk/maildir alert.issued") == 0);
}

TEST_CASE("a signal that merely ends within the hold does not stop the alert: it happened") {
  district d;
  auto state = d.open_child();
  state.closed_at = opened_at + minutes{5};
  state.close_reason = close_reason::below_threshold;
  d.take(signal_change::closed, state, opened_at + minutes{5});
  d.advance(opened_at + minutes{15});
  CHECK(d.sent().count("desk/maildir alert.issued") == 1);
}

TEST_CASE("a closing is told to those who heard of the opening, and says that it is no all-clear") {
  district d;
  auto state = d.open_count();
  const auto before = d.sent();
  state.closed_at = opened_at + minutes{500};
  state.close_reason = close_reason::below_threshold;
  d.take(signal_change::closed, state, opened_at + minutes{500});
  CHECK(d.sent_since(before) == messages{"on-call/email signal.closed", "on-call/maildir signal.closed"});
  CHECK(d.last("signal.closed").text.find("not an all-clear") != std::string::npos);
}

TEST_CASE("a rise and a fresh crossing are told; growth is not") {
  district d;
  auto state = d.open_count();
  auto before = d.sent();
  state.value = 4;
  d.take(signal_change::grew, state, opened_at + minutes{10});
  CHECK(d.sent() == before);
  const messages changed{"on-call/email signal.changed", "on-call/maildir signal.changed"};
  state.level = level::red;
  d.take(signal_change::raised, state, opened_at + minutes{20});
  CHECK(d.sent_since(before) == changed);
  CHECK(d.last("signal.changed").subject.starts_with("Signal now RED: "));
  CHECK(d.only_assessment().level == level::red);
  before = d.sent();
  d.take(signal_change::fresh_crossing, state, opened_at + minutes{30});
  CHECK(d.sent_since(before) == changed);
}

TEST_CASE("what waits for the panel says what is known now, not when the signal opened") {
  district d;
  auto state = d.open_count();
  const auto first = d.only_assessment();
  CHECK(first.headline.find("3 ambulance call-outs") != std::string::npos);
  state.value = 4;
  const auto more = test::call_out("4", "2026-03-01T12:20:00Z", "p:d", nullptr);
  state.window = {more.occurred_at - std::chrono::hours{24}, more.occurred_at};
  d.take(signal_change::grew, state, opened_at + minutes{20}, {more});
  const auto grown = d.only_assessment();
  CHECK(grown.headline.find("4 ambulance call-outs") != std::string::npos);
  CHECK(grown.version == first.version + 1);
  d.take(signal_change::grew, state, opened_at + minutes{21}); // nothing new to read: whoever has read it may decide
  CHECK(d.only_assessment().version == grown.version);
}

TEST_CASE("a held alert whose signal a new rule closed is stopped, and on-call hears of it") {
  district d;
  auto state = d.open_child();
  const auto before = d.sent();
  state.closed_at = opened_at + minutes{5};
  state.close_reason = close_reason::rule_changed;
  d.ledger->begin();
  d.ledger->save(state); // as a rebuild does, without an event
  d.work->after_new_rules(*d.ledger, opened_at + minutes{5});
  d.ledger->commit();
  CHECK(d.sent_since(before) == messages{"on-call/email signal.closed", "on-call/maildir signal.closed"});
  CHECK(d.last("signal.closed").text.find("was stopped; no service received it") != std::string::npos);
  const auto told = d.sent();
  d.advance(opened_at + minutes{30});
  CHECK(d.sent() == told);
  CHECK(d.ledger->alerts_held().empty());
}

TEST_CASE("a fall is told where the level falls, and not where only the number does") {
  district d;
  auto state = d.open_count();
  state.level = level::red;
  d.take(signal_change::raised, state, opened_at + minutes{10});
  auto before = d.sent();
  state.value = 5;
  d.take(signal_change::fell, state, opened_at + minutes{20});
  CHECK(d.sent() == before);
  state.level = level::amber;
  d.take(signal_change::fell, state, opened_at + minutes{30});
  CHECK(d.sent_since(before).size() == 2);
  CHECK(d.last("signal.changed").text.find("lowered") != std::string::npos);
}

TEST_CASE("a rise after a dismissal is a new question for the panel") {
  district d;
  auto state = d.open_count();
  REQUIRE(d.work->dismiss(d.only_assessment().ref, {"a manager", "one household"}, *d.ledger, opened_at + minutes{5}));
  state.level = level::red;
  d.take(signal_change::raised, state, opened_at + minutes{20});
  const auto open = d.ledger->assessments(true, {});
  REQUIRE(open.size() == 1);
  CHECK(open.front().ref.str() == "A-2026-0002");
  CHECK(open.front().level == level::red);
  CHECK(d.ledger->assessments(false, {}).size() == 2);
}

TEST_CASE("a contradiction is told to whoever received the alert, no closer than they may read") {
  district d;
  auto state = d.open_child();
  d.advance(opened_at + minutes{15});
  state.closed_at = opened_at + minutes{500};
  state.close_reason = close_reason::below_threshold;
  d.take(signal_change::closed, state, opened_at + minutes{500});
  const auto before = d.sent();
  state.contradicted = true;
  d.take(signal_change::contradicted, state, opened_at + minutes{600});
  CHECK(d.sent_since(before) ==
        messages{"desk/maildir signal.changed", "on-call/email signal.changed", "on-call/maildir signal.changed"});
  CHECK(d.only_alert().state == alert_state::issued); // data alone never stands an alert down
  for (const auto& one : d.ledger->deliveries(service_id{"desk"}, {}))
    if (one.message.type == "signal.changed") {
      CHECK(one.message.text.find("fewer than 8") != std::string::npos);
      CHECK(one.message.text.find("on-call only") == std::string::npos);
      CHECK_FALSE(boost::json::parse(one.message.json).at("data").as_object().contains("series"));
    }
}

TEST_CASE("of a shadow rule nothing leaves; of a late finding nothing leaves now") {
  district d;
  d.count.status = rules::rule_status::shadow;
  d.restart();
  const auto state = d.open_count();
  CHECK(d.sent().empty());
  CHECK(d.ledger->assessments(false, {}).empty());
  district live;
  auto late = test::signal_over(live.count, {{"ward", "E05011385"}},
                                {test::call_out("1", "2026-01-01T10:00:00Z", "p:a", nullptr)});
  late.retrospective = true;
  live.take(signal_change::retrospective, late, opened_at);
  CHECK(live.sent().empty());
  CHECK(live.ledger->assessments(false, {}).empty());
}

TEST_CASE("every decision names a person and a reason, of something that waits") {
  district d;
  d.open_count();
  const auto ref = d.only_assessment().ref;
  struct row {
    const char* name;
    decision by;
    const char* says;
  };
  const row rows[] = {
      {"nobody", {"", "why"}, "--who NAME"},
      {"blank", {"  ", "why"}, "--who NAME"},
      {"no reason", {"a manager", ""}, "--reason TEXT"},
      {"endless name", {std::string(201, 'x'), "why"}, "longer than 200 bytes"},
      {"not UTF-8", {"a manager", "\xff"}, "UTF-8"},
  };
  const auto before = d.sent();
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(d.work->acknowledge(ref, r.by, *d.ledger, opened_at).error().find(r.says) != std::string::npos);
    CHECK(d.work->dismiss(ref, r.by, *d.ledger, opened_at).error().find(r.says) != std::string::npos);
    CHECK(d.work->issue(ref, alert_outcome::formal_alert, r.by, *d.ledger, opened_at).error().find(r.says) !=
          std::string::npos);
    CHECK(d.work->send_test(service_id{"desk"}, r.by, *d.ledger, opened_at).error().find(r.says) != std::string::npos);
  }
  CHECK(d.only_assessment().state == assessment_state::received);
  CHECK(d.only_assessment().version == 1);
  CHECK(d.sent() == before);
  CHECK(d.work->dismiss(assessment_ref{"A-1"}, manager, *d.ledger, opened_at).error().find("no assessment 'A-1'") == 0);
  CHECK(d.work->stop(alert_ref{"FW-1"}, manager, *d.ledger, opened_at).error().find("no alert 'FW-1'") == 0);
}

TEST_CASE("an assessment is acknowledged once and decided once") {
  district d;
  d.open_count();
  const auto ref = d.only_assessment().ref;
  REQUIRE(d.work->acknowledge(ref, manager, *d.ledger, opened_at + minutes{1}));
  CHECK(d.only_assessment().acknowledged_by == "a manager");
  CHECK(d.only_assessment().version == 2);
  CHECK(d.work->acknowledge(ref, manager, *d.ledger, opened_at + minutes{2}).error().find("already acknowledged by") !=
        std::string::npos);
  REQUIRE(d.work->dismiss(ref, manager, *d.ledger, opened_at + minutes{3}));
  CHECK(d.only_assessment().state == assessment_state::dismissed);
  CHECK(d.work->issue(ref, alert_outcome::formal_alert, manager, *d.ledger, opened_at + minutes{4})
            .error()
            .find("already dismissed by a manager at 2026-03-01 12:05 GMT") != std::string::npos);
  CHECK(d.sent() == on_call_opened);
}

TEST_CASE("an alert that nobody takes is refused and uses up no reference") {
  district d;
  d.count.alert.audience = audience::panel;
  d.restart();
  d.open_count();
  const auto ref = d.only_assessment().ref;
  const auto refused = d.work->issue(ref, alert_outcome::formal_alert, manager, *d.ledger, opened_at);
  // on-call takes the audience on_call alone here, and the panel has no service.
  REQUIRE_FALSE(refused);
  CHECK(refused.error().find("no service takes it") != std::string::npos);
  CHECK(d.only_assessment().state == assessment_state::received);
  d.count.alert.audience = audience::professionals;
  d.restart();
  const auto issued = d.work->issue(ref, alert_outcome::formal_alert, manager, *d.ledger, opened_at);
  REQUIRE(issued);
  CHECK(issued->ref.str() == "FW-2026-0001");
}

TEST_CASE("an automatic alert that no duty desk takes: a person is told that nobody was") {
  district d{R"(services:
  - id: on-call
    name: On call
    roles: [on_call]
    channels:
      - maildir: {folder: mail/on-call, to: on-call@localhost}
)"};
  d.open_child();
  d.advance(opened_at + minutes{15});
  CHECK(d.only_alert().state == alert_state::stopped);
  CHECK(d.sent() == messages{"on-call/maildir alert.failed", "on-call/maildir signal.opened"});
  CHECK(d.last("alert.failed").text.find("No service received it") != std::string::npos);
}

TEST_CASE("a test message is marked as an exercise in subject, text and JSON") {
  district d;
  const auto count = d.work->send_test(service_id{"on-call"}, {"an operator", "new mail server"}, *d.ledger, opened_at);
  REQUIRE(count);
  CHECK(*count == 2);
  const auto drill = d.last("exercise.test");
  CHECK(drill.subject.starts_with("EXERCISE"));
  CHECK(drill.text.find("EXERCISE") != std::string::npos);
  CHECK(boost::json::parse(drill.json).at("data").at("status") == "exercise");
  CHECK(
      d.work->send_test(service_id{"on-cal"}, manager, *d.ledger, opened_at).error().find("did you mean 'on-call'?") !=
      std::string::npos);
}

TEST_CASE("a destination that is down, and back, is told by what still works") {
  district d;
  d.ledger->begin();
  d.work->destination_down("outreach/webhook", "HTTP 503", opened_at, *d.ledger, opened_at);
  CHECK(d.sent() == messages{"on-call/email delivery.held_up", "on-call/maildir delivery.held_up"});
  CHECK(d.last("delivery.held_up").subject == "MESSAGES WAIT: Outreach team by webhook does not work");
  d.work->destination_down("outreach/webhook", "HTTP 503", opened_at, *d.ledger, opened_at + minutes{1});
  CHECK(d.sent().size() == 2); // the same time it went down is told once
  auto before = d.sent();
  d.work->destination_down("email", "SMTP: no answer", opened_at, *d.ledger, opened_at);
  CHECK(d.sent_since(before) == messages{"on-call/maildir delivery.held_up"});
  before = d.sent();
  d.work->destination_back("email", opened_at, *d.ledger, opened_at + minutes{30});
  CHECK(d.sent_since(before) == messages{"on-call/email delivery.resumed", "on-call/maildir delivery.resumed"});
  d.ledger->commit();
}

TEST_CASE("a lost delivery is told once, by the other channels, and never about itself") {
  district d;
  d.open_count();
  std::optional<due_delivery> lost;
  for (const auto& one : d.ledger->deliveries({}, {}))
    if (one.row.channel == "email") lost = one;
  REQUIRE(lost);
  lost->row.attempts = 20;
  lost->row.last_result = "connect: Connection refused";
  const auto before = d.sent();
  d.work->delivery_failed(*lost, *d.ledger, opened_at + minutes{60});
  CHECK(d.sent_since(before) == messages{"on-call/maildir delivery.failed"});
  CHECK(d.last("delivery.failed").text.find("Connection refused") != std::string::npos);
  const auto after = d.sent();
  d.work->delivery_failed(*lost, *d.ledger, opened_at + minutes{61});
  CHECK(d.sent() == after);
  for (const auto& one : d.ledger->deliveries({}, {}))
    if (one.message.type == "delivery.failed") d.work->delivery_failed(one, *d.ledger, opened_at + minutes{62});
  CHECK(d.sent() == after);
}
