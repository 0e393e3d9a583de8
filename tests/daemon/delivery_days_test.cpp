// SPDX-License-Identifier: Apache-2.0
// Days of deliveries in virtual time: the real process, desk, outbox bookkeeping and store, with receivers that are
// dead for as long as a test says. What falls back, what is confirmed, what waits for opening hours, and what comes out
// of three days without a mail server or without one destination.
#include "daemon/alerting/late_messages.hpp"
#include "daemon/alerting/receipts.hpp"
#include "daemon/delivery/bookkeeping.hpp"
#include "daemon/delivery/notify_receipt.hpp"
#include "daemon/delivery/stuck.hpp"
#include "daemon/panel/ledger.hpp"
#include "support/duty_desk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

using namespace forewarn;
using namespace forewarn::outbox;
using namespace forewarn::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* start = "2026-03-02T12:00:00Z"; // a Monday

const std::string city = R"(services:
  - id: on-call
    name: On call
    roles: [on_call, operators]
    takes: {audience: on_call}
    channels:
      - email: {to: on-call@example.org}
      - {name: phone, maildir: {folder: mail/phone, to: on-call@localhost}}
  - id: desk
    name: Duty desk
    roles: [duty_desk]
    channels:
      - email: {to: desk@example.org}
  - id: ward-team
    name: Ward team
    roles: [duty_desk]
    fallback_after: 20m
    confirm: {within: 2h, escalate_to: managers}
    channels:
      - {name: text, notify: {sms: "+447700900123", template: t, key_file: k}, fallback: true}
      - webhook: {url: "https://ward.example.org/hook", secret_file: k}
  - id: day-team
    name: Day team
    roles: [duty_desk]
    hours: {from: "09:00", to: "17:00", days: [mon, tue, wed, thu, fri]}
    channels:
      - maildir: {folder: mail/day, to: day@localhost}
  - id: manager
    name: Manager
    takes: {audience: panel}
    channels:
      - maildir: {folder: mail/manager, to: manager@localhost}
groups:
  managers: [manager]
)";

std::shared_ptr<const alerting::service_book> book_of(const std::string& text) {
  auto loaded = alerting::load_services({{"s.yaml", text}}, *the_reference());
  for (const auto& p : loaded.found) REQUIRE_MESSAGE(p.how != severity::error, p.message);
  return std::make_shared<const alerting::service_book>(std::move(loaded.book));
}

struct arrival {
  std::string to, type, id;
  level how = level::info;
  instant written, at;
};

// A city whose receivers answer at once, or fail as `fails` says.
class city_days {
public:
  using verdict = std::function<std::optional<attempt>(const delivery&, instant)>; // none: delivered

  explicit city_days(verdict fails, const char* from = start)
      : world{{two_calls(), child()}, from, {}, book_of(city)}, fails_{std::move(fails)} {}

  // Until then, everything that is due is attempted, at the instant at which it is due.
  void run_until(instant end) {
    while (world.clock.now() < end) {
      bool more = true;
      while (more) more = attempt_all();
      auto next = end;
      world.state->run([&](desk_view& v) {
        for (const auto& at : {v.ledger.next_due(), v.process.next_deadline(v.ledger)})
          if (at) next = std::min(next, *at); // what is due already is due at the next job
      });
      world.clock.set(std::max(next, world.clock.now() + 1s));
    }
    world.poke();
    while (attempt_all()) {
    }
  }
  void run_for(duration length) { run_until(world.clock.now() + length); }

  void child_at_hospital() {
    auto one = attendance_of_child(std::to_string(++children_), start);
    one.occurred_at = world.clock.now();
    one.person = person_id{"p:child" + std::to_string(children_)};
    world.arrive({std::move(one)});
  }
  [[nodiscard]] std::vector<arrival> arrived(const std::string& to) const {
    std::vector<arrival> out;
    std::copy_if(all_.begin(), all_.end(), std::back_inserter(out), [&](const arrival& one) { return one.to == to; });
    return out;
  }
  [[nodiscard]] std::vector<std::string> types(const std::string& to, instant since = {}) const {
    std::vector<std::string> out;
    for (const auto& one : arrived(to))
      if (one.at >= since) out.push_back(one.type);
    return out;
  }
  template <class Look> auto look(Look at) {
    std::invoke_result_t<Look, desk_view&> out{};
    world.state->run([&](desk_view& v) { out = at(v); });
    return out;
  }
  [[nodiscard]] instant now() const { return world.clock.now(); }

  duty_desk world;
  bookkeeping books;

private:
  static rules::rule child() {
    auto one = child_attendance();
    one.alert.hold = 0min;
    return one;
  }

  bool attempt_all() {
    claim_result got;
    world.state->run([&](desk_view& v) { books.claim(v, 64, got); });
    for (auto& one : got.rows) {
      const auto row = one.due.row;
      const auto what = one.due.message;
      auto came = fails_(row, got.now).value_or(attempt{attempt_result::delivered, "HTTP 200 OK", {}});
      if (came.result == attempt_result::delivered)
        all_.push_back(
            {row.service.str() + '/' + row.channel, what.type, row.id.str(), what.level, what.created_at, got.now});
      world.state->run([&](desk_view& v) { (void)books.write_down(v, {std::move(one), std::move(came), {}, 0.5}); });
    }
    return !got.rows.empty();
  }

  verdict fails_;
  std::vector<arrival> all_;
  int children_ = 0;
};

std::optional<attempt> all_well(const delivery&, instant) {
  return {};
}

bool is_once_each(const std::vector<arrival>& all) {
  std::set<std::string> ids;
  return std::all_of(all.begin(), all.end(), [&](const arrival& one) { return ids.insert(one.id).second; });
}

// Red before the rest, and of each the oldest first; the one that found the way open again came before all.
bool is_red_first_then_by_age(const std::vector<arrival>& all) {
  return std::is_sorted(all.begin() + (all.empty() ? 0 : 1), all.end(), [](const arrival& a, const arrival& b) {
    if ((a.how >= level::red) != (b.how >= level::red)) return a.how >= level::red;
    return a.written < b.written;
  });
}

} // namespace

TEST_CASE("a fallback is used where nothing else arrived, and only there") {
  const attempt broken{attempt_result::again, "HTTP 500", {}};
  const attempt never{attempt_result::refused, "the address is not allowed", {}};
  struct row {
    const char* name;
    std::optional<attempt> webhook;
    duration after; // when the text message goes out; max: never
  };
  const row rows[] = {
      {"the webhook works", {}, duration::max()},
      {"it fails: after the time that the service gives it", broken, 20min},
      {"it is refused for good: at once", never, 0min},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    city_days d{[&](const delivery& one, instant) -> std::optional<attempt> {
      if (one.channel == "webhook") return r.webhook;
      return {};
    }};
    d.child_at_hospital();
    d.run_for(5min);
    CHECK(d.types("ward-team/text").size() == (r.after < 5min ? 1 : 0));
    d.run_for(30min);
    CHECK(d.types("ward-team/text").size() == (r.after < 30min ? 1 : 0));
    d.run_for(24h); // and never again
    const auto texts = d.arrived("ward-team/text");
    CHECK(is_once_each(texts));
    // Once in all: where the webhook works, because nobody confirmed what came by it.
    CHECK(std::count_if(texts.begin(), texts.end(), [](const arrival& a) { return a.type == "alert.issued"; }) == 1);
  }
}

TEST_CASE("an alert that nobody confirms is told to on-call, louder the second time, and then no more") {
  city_days d{all_well};
  d.child_at_hospital();
  d.run_for(1min);
  const auto sent = d.look([](desk_view& v) { return panel::of(v.ledger).unconfirmed(); });
  REQUIRE(sent.size() == 1);
  CHECK(sent.front().service == service_id{"ward-team"});
  const auto reference = sent.front().about.substr(0, sent.front().about.find(" v"));
  const auto about_it = [&](const std::string& to) {
    const auto all = d.types(to);
    return std::count(all.begin(), all.end(), "alert.unconfirmed");
  };
  d.run_for(1h);
  CHECK(about_it("on-call/phone") == 0);
  d.run_for(61min);
  CHECK(about_it("on-call/phone") == 1);
  CHECK(about_it("manager/maildir") == 0);
  CHECK(d.types("ward-team/text") == std::vector<std::string>{"alert.issued"}); // another way to reach them

  SUBCASE("nobody at all") {
    d.run_for(2h);
    CHECK(about_it("on-call/phone") == 2);
    CHECK(about_it("manager/maildir") == 1); // the group that it escalates to
    CHECK(d.arrived("on-call/phone").back().how == level::red);
    d.run_for(72h);
    CHECK(about_it("on-call/phone") == 2);
    CHECK(d.look([](desk_view& v) { return panel::of(v.ledger).unconfirmed().size(); }) == 1);
  }
  SUBCASE("by its link: the first word counts, and on-call hears that it is over") {
    const auto say = [&](const char* who) {
      return d.look([&](desk_view& v) {
        const auto done = alerting::confirm(sent.front().token, {who, "by the link"}, v.process, v.ledger, v.now);
        return done ? done->confirmed_by : std::string{};
      });
    };
    CHECK(say("the team leader") == "the team leader");
    CHECK(say("a second person") == "the team leader");
    d.run_for(24h);
    CHECK(about_it("on-call/phone") == 1);
    const auto heard = d.types("on-call/phone");
    CHECK(std::count(heard.begin(), heard.end(), "alert.confirmed") == 1);
    CHECK(d.look([&](desk_view& v) {
      return alerting::confirm("no such", {"x", "y"}, v.process, v.ledger, v.now).has_value();
    }) == false);
  }
  SUBCASE("by command") {
    const auto say = [&](const char* service, const std::string& ref) {
      return d.look([&](desk_view& v) {
        return alerting::confirm(service_id{service}, ref, {"the team leader", "rang"}, v.process, v.ledger, v.now)
            .has_value();
      });
    };
    CHECK_FALSE(say("desk", reference)); // was sent it, but not asked
    CHECK_FALSE(say("ward-team", "FW-1999-0001"));
    CHECK(say("ward-team", reference));
    CHECK(d.look([](desk_view& v) { return panel::of(v.ledger).unconfirmed().empty(); }));
  }
}

TEST_CASE("on-call's notice is read by its link") {
  city_days d{all_well};
  d.world.calls(2);
  d.run_for(1min);
  const auto found = d.look([](desk_view& v) {
    const auto rows = v.ledger.deliveries(service_id{"on-call"}, {.limit = 1});
    return panel::of(v.ledger).receipt_of(rows.front().row.message, service_id{"on-call"});
  });
  REQUIRE(found);
  const auto signal = d.world.signals().back().id;
  CHECK_FALSE(d.look([&](desk_view& v) { return v.ledger.assessment_of(signal)->acknowledged_at.has_value(); }));
  d.look([&](desk_view& v) {
    return alerting::confirm(found->token, {"a manager", "by the link"}, v.process, v.ledger, v.now).has_value();
  });
  CHECK(d.look([&](desk_view& v) { return v.ledger.assessment_of(signal)->acknowledged_by; }) == "a manager");
}

TEST_CASE("a service that is closed reads what is not red when it opens") {
  struct row {
    const char* name;
    const char* when;
    const char* opens;
  };
  const row rows[] = {
      {"open", "2026-03-02T12:00:00Z", "2026-03-02T12:00:00Z"},
      {"in the evening", "2026-03-02T17:00:00Z", "2026-03-03T09:00:00Z"},
      {"early", "2026-03-02T08:59:59Z", "2026-03-02T09:00:00Z"},
      {"on Friday evening", "2026-03-06T18:00:00Z", "2026-03-09T09:00:00Z"},
      {"before clocks go forward", "2026-03-27T18:00:00Z", "2026-03-30T08:00:00Z"},
  };
  const auto book = book_of(city);
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(format_rfc3339(alerting::next_opening(*book->find(service_id{"day-team"})->hours, at(r.when))) == r.opens);
  }
  city_days d{all_well, "2026-03-02T20:00:00Z"};
  d.child_at_hospital();
  d.run_for(1h);
  CHECK(d.types("day-team/maildir").empty());
  CHECK(d.types("desk/email") == std::vector<std::string>{"alert.issued"});
  // It is not late: it waits as it should.
  CHECK(d.look([](desk_view& v) { return v.ledger.oldest_pending().value_or(instant{}) > v.now; }));
  d.run_until(at("2026-03-03T09:01:00Z"));
  CHECK(d.types("day-team/maildir") == std::vector<std::string>{"alert.issued"});
}

TEST_CASE("what GOV.UK Notify reports later: a failure is a lost delivery") {
  city_days d{[](const delivery& one, instant) -> std::optional<attempt> {
    if (one.channel == "webhook") return attempt{attempt_result::again, "HTTP 500", {}};
    return {};
  }};
  d.child_at_hospital();
  d.run_for(30min);
  const auto texts = d.arrived("ward-team/text");
  REQUIRE(texts.size() == 1);
  const auto report = [&](const std::string& reference, const char* status) {
    return d.look([&](desk_view& v) { return take_notify_report({reference, status}, v); });
  };
  const auto state = [&] {
    return d.look([&](desk_view& v) { return v.ledger.delivery_by_id(message_id{texts.front().id})->row; });
  };
  CHECK_FALSE(report("msg_of_somebody_else", "delivered"));
  CHECK(report(texts.front().id, "sending"));
  CHECK(report(texts.front().id, "delivered"));
  CHECK(state().state == delivery_state::delivered);
  CHECK(state().last_result == "Notify: delivered");
  CHECK(report(texts.front().id + ".2", "permanent-failure")); // another recipient of the same channel
  CHECK(report(texts.front().id + ".2", "permanent-failure"));
  CHECK(state().state == delivery_state::dead);
  d.run_for(1min);
  const auto heard = d.types("on-call/phone");
  CHECK(std::count(heard.begin(), heard.end(), "delivery.failed") == 1);
}

TEST_CASE("an urgent message that is minutes late is told once, by the other ways; one that can wait is not") {
  const auto broken_until = at(start) + 12min;
  city_days d{[&](const delivery& one, instant now) -> std::optional<attempt> {
    const bool first_ones = one.created_at < at(start) + 1min;
    if (first_ones && now < broken_until) return attempt{attempt_result::again, "SMTP 451 later", {}};
    return {};
  }};
  d.world.calls(2);      // a signal: on-call hears by e-mail and telephone, and both are late
  d.child_at_hospital(); // an amber alert to the duty desk: half an hour is soon enough
  std::map<int, std::size_t> told;
  for (int minute = 1; minute <= 20; ++minute) {
    d.run_for(1min);
    if (const auto now =
            d.look([](desk_view& v) { return alerting::tell_of_late(v.process.in_force(), v.ledger, v.now); }))
      told[minute] = now;
  }
  CHECK(told.size() == 1);
  CHECK(told.begin()->first <= 6);
  d.run_for(30min);
  for (const char* way : {"on-call/email", "on-call/phone"}) {
    const auto heard = d.types(way);
    CHECK(std::count(heard.begin(), heard.end(), "delivery.late") == 2); // of both signals
    CHECK(std::count(heard.begin(), heard.end(), "signal.opened") == 2); // they did arrive
  }
}

TEST_CASE("three days without a mail server: nothing lost, a person told in time, all of it once, red first") {
  const auto dead_from = at(start);
  const auto dead_until = dead_from + 72h + 30min;
  city_days d{[&](const delivery& one, instant now) -> std::optional<attempt> {
    if (one.kind == channel_kind::email && now < dead_until)
      return attempt{attempt_result::again, "SMTP: connect: refused", {}, true};
    return {};
  }};
  const char* const wards[] = {"E05011385", "E05011387", "E05011384"};
  for (int day = 0; day < 3; ++day)
    for (int i = 0; i < 3; ++i) {
      d.world.calls(i % 2 == 0 ? 2 : 4, wards[i]);
      d.child_at_hospital();
      d.run_for(8h);
    }
  REQUIRE(d.now() < dead_until);
  CHECK(d.types("desk/email").empty());
  // Told of it by what still works, hours and not days after it began.
  const auto by_phone = d.arrived("on-call/phone");
  const auto told =
      std::find_if(by_phone.begin(), by_phone.end(), [](const arrival& one) { return one.type == "delivery.held_up"; });
  REQUIRE(told != by_phone.end());
  CHECK(told->at - dead_from < 5h);
  const auto stuck =
      d.look([](desk_view& v) { return what_is_stuck(*v.process.in_force().services, v.ledger, v.now); });
  REQUIRE(stuck.destinations.size() == 2);
  for (const auto& one : stuck.destinations) {
    CHECK(one.channel == "email");
    CHECK(one.down_since);
    CHECK(one.waiting >= 9);
    CHECK(one.last_result == "SMTP: connect: refused");
  }

  d.run_for(2h);
  const auto mails = d.arrived("desk/email");
  CHECK(mails.size() == 9);
  CHECK(is_once_each(mails));
  CHECK(is_red_first_then_by_age(mails));
  // On-call's notices of three days are one digest, and word that mail works again.
  const auto heard = d.types("on-call/email", dead_until);
  CHECK(std::count(heard.begin(), heard.end(), "signal.digest") == 1);
  CHECK(std::count(heard.begin(), heard.end(), "signal.opened") <= 1); // the one that found mail working
  CHECK(std::count(heard.begin(), heard.end(), "delivery.resumed") == 1);
  CHECK(d.look([](desk_view& v) { return v.ledger.deliveries_pending(); }) == 0);
  for (const auto& one : d.world.ledger->deliveries({}, {.limit = 10'000}))
    CHECK(one.row.state != delivery_state::dead);
}

TEST_CASE("three days without one destination: its messages wait for it, and nobody else's for them") {
  const auto dead_until = at(start) + 72h + 30min;
  city_days d{[&](const delivery& one, instant now) -> std::optional<attempt> {
    if (one.channel == "webhook" && now < dead_until) return attempt{attempt_result::again, "connect: timed out", {}};
    return {};
  }};
  for (int i = 0; i < 9; ++i) {
    d.child_at_hospital();
    d.run_for(8h);
  }
  CHECK(d.types("desk/email").size() == 9);
  const auto by_text = d.types("ward-team/text"); // its fallback carried them meanwhile
  CHECK(std::count(by_text.begin(), by_text.end(), "alert.issued") == 9);
  CHECK(d.types("ward-team/webhook").empty());
  d.run_for(1h);
  const auto came = d.arrived("ward-team/webhook");
  CHECK(came.size() == 9);
  CHECK(is_once_each(came));
  CHECK(is_red_first_then_by_age(came));
  CHECK(d.look([](desk_view& v) { return v.ledger.deliveries_pending(); }) == 0);
}

TEST_CASE("while a receiver asks for a pause nothing is sent to it") {
  int asked = 0;
  const auto until = at(start) + 2h;
  std::vector<instant> tried;
  city_days d{[&](const delivery& one, instant now) -> std::optional<attempt> {
    if (one.channel != "webhook") return {};
    tried.push_back(now);
    if (asked++ == 0) return attempt{attempt_result::again, "HTTP 429 Too Many Requests", 2h};
    return {};
  }};
  d.child_at_hospital();
  d.run_for(10min);
  for (int i = 0; i < 3; ++i) d.child_at_hospital();
  d.run_for(4h);
  REQUIRE(tried.size() == 5);
  CHECK(std::count_if(tried.begin(), tried.end(), [&](instant one) { return one < until; }) == 1);
  CHECK(d.types("ward-team/webhook").size() == 4);
}
