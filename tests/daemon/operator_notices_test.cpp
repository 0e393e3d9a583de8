// SPDX-License-Identifier: Apache-2.0
// A notice about the daemon itself is told once while it stands, again after a day, and its end is told too.
#include "daemon/operator_notices.hpp"

#include "daemon/desk_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace std::chrono_literals;

namespace {

alerting::service service_with(const char* id, bool on_call, bool operators) {
  alerting::service out;
  out.id = service_id{id};
  out.on_call = on_call;
  out.operators = operators;
  auto& by = out.channels.emplace_back();
  by.name = "mail";
  by.kind = channel_kind::maildir;
  by.folder = "mail";
  return out;
}

std::shared_ptr<const alerting::service_book> book_of(std::vector<alerting::service> all) {
  auto out = std::make_shared<alerting::service_book>();
  out->services = std::move(all);
  return out;
}

operator_notice overdue(level how = level::amber) {
  operator_notice out;
  out.key = "feed.overdue|yas";
  out.type = "feed.overdue";
  out.about = "yas";
  out.subject = "Feed yas is overdue";
  out.text = "Nothing arrived since 10:00. Ask the partner.";
  out.level = how;
  return out;
}

// "service type", oldest first.
std::vector<std::string> told(const store_reader& from) {
  std::vector<std::string> out;
  for (const auto& one : from.deliveries({}, {.limit = 100}))
    out.insert(out.begin(), one.row.service.str() + " " + one.message.type);
  return out;
}

struct scene {
  explicit scene(std::vector<alerting::service> who) : services{book_of(std::move(who))} { work.state.start(); }
  std::unique_ptr<store> ledger = memory_store();
  test::manual_clock time{test::noon()};
  std::shared_ptr<const alerting::service_book> services;
  struct running {
    running(store& ledger, const forewarn::clock& time, std::shared_ptr<const alerting::service_book> services)
        : process{test::count_rule(3), std::move(services), std::make_shared<alerting::word_book>(), "FW"},
          state{ledger, time, test::count_rule(3), process, {}} {}
    alerting::process process;
    desk state;
  } work{*ledger, time, services};
  operator_notices notices{work.state};

  void settle() {
    work.state.run([](desk_view&) {});
  }
};

using told_list = std::vector<std::string>;

} // namespace

TEST_SUITE("operator notices") {

  TEST_CASE("a notice goes to operators, and to on-call only where there is no operator") {
    struct {
      const char* name;
      std::vector<alerting::service> who;
      told_list hear;
    } const rows[] = {
        {"both", {service_with("duty", true, false), service_with("it", false, true)}, {"it feed.overdue"}},
        {"no operator",
         {service_with("duty", true, false), service_with("other", false, false)},
         {"duty feed.overdue"}},
    };
    for (const auto& r : rows) {
      CAPTURE(r.name);
      scene now{r.who};
      now.notices.raise(overdue());
      now.settle();
      CHECK(told(*now.ledger) == r.hear);
    }
  }

  TEST_CASE("while it stands it is told once, after a rise again, and its end is told") {
    scene now{{service_with("it", false, true)}};
    now.notices.raise(overdue());
    now.notices.raise(overdue());
    now.settle();
    CHECK(told(*now.ledger) == told_list{"it feed.overdue"});
    now.notices.raise(overdue(level::red));
    now.settle();
    CHECK(told(*now.ledger) == told_list{"it feed.overdue", "it feed.overdue"});
    REQUIRE(now.ledger->operator_notices().size() == 1);
    CHECK(now.ledger->operator_notices().front().raised_at < now.ledger->operator_notices().front().told_at);
    now.notices.clear("feed.overdue|yas", "Rows arrive again.");
    now.notices.clear("feed.overdue|yas", "Rows arrive again.");
    now.settle();
    CHECK(now.ledger->operator_notices().empty());
    CHECK(told(*now.ledger) == told_list{"it feed.overdue", "it feed.overdue", "it feed.overdue.cleared"});
    CHECK(now.notices.waiting() == 0);
  }

  TEST_CASE("what stands for a day is told again, across a restart too") {
    scene now{{service_with("it", false, true)}};
    const auto raise = [&](desk_view& view) { CHECK(view.process.raise(overdue(), view.ledger, view.now)); };
    now.work.state.run(raise);
    now.time.set(test::noon() + 23h);
    now.work.state.run([](desk_view& view) { CHECK_FALSE(view.process.raise(overdue(), view.ledger, view.now)); });
    now.time.set(test::noon() + 25h);
    now.work.state.run(raise);
    CHECK(now.ledger->operator_notices().front().times == 3);
  }

  TEST_CASE("clearing what does not stand says nothing") {
    scene now{{service_with("it", false, true)}};
    now.notices.clear("disk.full", "There is room.");
    now.settle();
    CHECK(told(*now.ledger).empty());
  }

  TEST_CASE("a notice that the desk could not take is kept, and written down later") {
    auto ledger = memory_store();
    test::manual_clock time{test::noon()};
    desk::options small;
    small.queue_limit = 1;
    test::running_desk late{*ledger, time, test::count_rule(3), small, false};
    operator_notices notices{late.state};
    REQUIRE(late.state.submit([](desk_view&) {}, {}));
    notices.raise(overdue());
    CHECK(notices.waiting() == 1);
    late.state.start();
    late.poke();
    notices.retry();
    late.poke();
    CHECK(notices.waiting() == 0);
    CHECK(ledger->operator_notices().size() == 1);
  }
}
