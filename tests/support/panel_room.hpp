// SPDX-License-Identifier: Apache-2.0
// The panel at work for tests: the real process and desk on a real store in memory, the shipped words, areas and
// grading matrix, a clock that a test moves, and services that read mail.
#pragma once

#include "daemon/panel/alert_steps.hpp"
#include "daemon/panel/cases.hpp"
#include "daemon/panel/policy.hpp"
#include "daemon/panel/reports.hpp"
#include "support/duty_desk.hpp"

#include <set>
#include <string>
#include <vector>

namespace forewarn::test {

inline constexpr const char* panel_services = R"(services:
  - id: on-call
    name: On call
    roles: [on_call]
    takes: {audience: on_call}
    channels:
      - maildir: {folder: mail/on-call, to: on-call@localhost}
  - id: operators
    name: Operators
    roles: [operators]
    takes: {audience: on_call}
    channels:
      - maildir: {folder: mail/operators, to: operators@localhost}
  - id: outreach
    name: Outreach team
    takes: {areas: Leeds}
    channels:
      - maildir: {folder: mail/outreach, to: outreach@localhost}
      - webhook: {url: "https://example.org/hook", secret_file: k}
  - id: shelter
    name: Night shelter
    takes: {level: red}
    channels:
      - maildir: {folder: mail/shelter, to: shelter@localhost}
  - id: page
    name: Public page
    takes: {audience: [people_who_use_drugs, public]}
    channels:
      - webhook: {url: "https://example.org/page", secret_file: k}
  - id: drill
    name: Training room
    roles: [exercise]
    channels:
      - maildir: {folder: mail/drill, to: drill@localhost}
)";

inline panel::loaded_policy shipped_policy() {
  auto reference = std::make_shared<reference_data>(*the_reference());
  problems found;
  reference->calendars = parse_calendars(shipped_files("calendars", {".yaml"}), found);
  return panel::load_policy(shipped_files("grading", {".yaml"}), *reference);
}

class panel_room {
public:
  explicit panel_room(const char* start = "2026-03-02T12:00:00Z") : clock{at(start)} {
    auto reference = std::make_shared<reference_data>(*the_reference());
    problems found;
    reference->calendars = parse_calendars(shipped_files("calendars", {".yaml"}), found);
    auto loaded = alerting::load_services({{"s.yaml", panel_services}}, *reference);
    for (const auto& p : loaded.found) REQUIRE_MESSAGE(p.how != severity::error, p.message);
    auto rule = two_calls();
    rules = rule_set_of(reference, {rule});
    work = std::make_unique<alerting::process>(
        rules, std::make_shared<const alerting::service_book>(std::move(loaded.book)), the_words(), "FW");
    auto policy = shipped_policy();
    for (const auto& p : policy.found) FAIL(p.path << ":" << p.at.line << ": " << p.message);
    work->keep(std::make_shared<const panel::policy>(std::move(policy.how)));
    state = std::make_unique<desk>(*ledger, clock, rules, *work, desk::options{});
    state->start();
  }
  ~panel_room() { state->stop(); }
  panel_room(const panel_room&) = delete;
  panel_room& operator=(const panel_room&) = delete;

  // A step inside the desk's transaction; `with` is what the process works with.
  template <class Step> auto run(Step step) {
    std::optional<decltype(step(std::declval<desk_view&>(), std::declval<const alerting::setup&>()))> out;
    state->run([&](desk_view& view) { out.emplace(step(view, view.process.in_force())); });
    return std::move(*out);
  }
  void move(duration by) {
    clock.move(by);
    state->run([](desk_view&) {});
  }

  [[nodiscard]] panel::report enter(panel::report what) {
    auto came = run([&](desk_view& v, const alerting::setup& with) {
      return panel::enter(what, "a manager", with, v.ledger, v.now);
    });
    REQUIRE_MESSAGE(came, (came ? std::string{} : came.error()));
    return *came;
  }
  [[nodiscard]] auto validate(const assessment_ref& ref, std::vector<panel::admission> criteria) {
    return run([&](desk_view& v, const alerting::setup& with) {
      const auto take = [&](const observation& one) {
        row_batch batch;
        batch.feed = one.key.feed;
        connectors::taken_row row;
        row.what = one;
        batch.rows.push_back(std::move(row));
        (void)v.take(batch);
      };
      return panel::validate(ref, criteria, {"a manager", "two services confirm it"}, take, with, v.ledger, v.now);
    });
  }
  [[nodiscard]] auto grade(const assessment_ref& ref, panel::grade_wish how, const char* who = "a manager") {
    return run([&](desk_view& v, const alerting::setup& with) {
      return panel::grade_case(ref, how, {who, "panel call"}, with, v.ledger, v.now);
    });
  }
  [[nodiscard]] auto issue(const assessment_ref& ref, const alerting::issue_wish& how, const char* who = "a manager") {
    return run([&](desk_view& v, const alerting::setup&) {
      return v.process.issue(ref, how, {who, "harm can be reduced"}, v.ledger, v.now);
    });
  }
  // Two call-outs in Armley, issued: what most of an alert's life begins with.
  [[nodiscard]] alert issued_signal() {
    for (int i = 0; i < 2; ++i) {
      auto one = scene::base("yas", "call-" + std::to_string(i), "ambulance", "2026-03-02T11:00:00Z");
      one.ward = area_code{armley};
      one.substances = {substance_id{"heroin"}};
      row_batch batch;
      batch.feed = one.key.feed;
      connectors::taken_row row;
      row.what = one;
      batch.rows.push_back(std::move(row));
      (void)state->run(std::move(batch));
    }
    const auto open = ledger->assessments(true, {});
    REQUIRE(open.size() == 1);
    const auto came = issue(open.front().ref, {});
    REQUIRE_MESSAGE(came, (came ? std::string{} : came.error()));
    REQUIRE(came->issued);
    return *came->issued;
  }

  // "service/channel type" of what was sent since the last look, sorted.
  [[nodiscard]] std::multiset<std::string> heard() {
    const auto all = ledger->deliveries({}, {.limit = 1000});
    std::multiset<std::string> out;
    for (auto i = all.size() - seen_; i-- > 0;)
      out.insert(all[i].row.service.str() + '/' + all[i].row.channel + ' ' + all[i].message.type);
    seen_ = all.size();
    return out;
  }
  [[nodiscard]] message last(const std::string& type) const {
    for (const auto& one : ledger->deliveries({}, {.limit = 1000}))
      if (one.message.type == type) return one.message;
    FAIL("no message of type " << type);
    return {};
  }
  // "who what subject", in order.
  [[nodiscard]] std::vector<std::string> written_down() const {
    std::vector<std::string> out;
    panel::of(static_cast<const store_reader&>(*ledger)).each_entry(0, [&](const audit::entry& one) {
      out.push_back(one.who + ' ' + one.what + ' ' + (one.subjects.empty() ? "" : one.subjects.front()));
      return true;
    });
    return out;
  }

  std::unique_ptr<store> ledger = memory_store();
  manual_clock clock;
  std::shared_ptr<const rules::rule_set> rules;
  std::unique_ptr<alerting::process> work;
  std::unique_ptr<desk> state;

private:
  std::size_t seen_ = 0;
};

inline panel::report tablets() {
  panel::report one;
  one.title = "Yellow tablets sold as diazepam";
  one.text = "Two people could not be woken after one tablet each near the bus station on Friday night";
  one.source = "the night worker Chris";
  one.organisation = "an outreach team";
  one.contact = "desk@example.org";
  one.may_be_shared = panel::handling::permitted;
  one.substances = {substance_id{"bromazolam"}};
  one.areas = {area_code{"Leeds"}};
  one.criteria = {panel::admission::misleading};
  return one;
}

} // namespace forewarn::test
