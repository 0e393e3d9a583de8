// SPDX-License-Identifier: Apache-2.0
// The desk: durable before told, each job alone, and a memory that is what the store says.
#include "desk_fixture.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <sys/resource.h>

using namespace forewarn;
using namespace forewarn::test;
using namespace std::chrono_literals;

namespace {

std::vector<observation> call_outs(int from, int count, instant at) {
  std::vector<observation> out;
  for (int i = from; i < from + count; ++i) out.push_back(call_out(std::to_string(i), at));
  return out;
}

// A disk that takes no more: files of this process cannot grow while it lives.
class full_disk {
public:
  full_disk() {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    auto tiny = limit_;
    tiny.rlim_cur = 1;
    ::setrlimit(RLIMIT_FSIZE, &tiny);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

private:
  rlimit limit_{};
  void (*before_)(int) = nullptr;
};

} // namespace

TEST_CASE("a signal opens with the record, and closes at its deadline when the clock gets there") {
  const auto ledger = memory_store();
  manual_clock clock{noon()};
  const auto rules = count_rule(3);
  running_desk on{*ledger, clock, rules};
  CHECK(on.state.run(batch(call_outs(0, 2, noon() - 1h))).accepted == 2);
  CHECK(ledger->signals(true, {}).empty());
  on.state.run(batch(call_outs(2, 1, noon() - 30min)));
  REQUIRE(ledger->signals(true, {}).size() == 1);
  const auto opened = ledger->signals(true, {}).front();
  CHECK(opened.value == 3);
  CHECK(ledger->evidence(opened.id).size() == 3);
  CHECK(on.state.counters().at(0).signals == 1);

  clock.move(23h);
  on.poke();
  CHECK(ledger->signals(true, {}).size() == 1);
  clock.move(2h);
  on.poke();
  CHECK(ledger->signals(true, {}).empty());
  CHECK(ledger->signal_by_id(opened.id)->close_reason == close_reason::below_threshold);
  CHECK(kept_signals(*ledger) == fold(*ledger, rules, clock.now()));
}

TEST_CASE("instants strictly increase, even where the clock stands still or goes back") {
  const auto ledger = memory_store();
  manual_clock clock{noon()};
  const auto rules = count_rule(3);
  {
    running_desk on{*ledger, clock, rules};
    on.state.run(batch(call_outs(0, 50, noon() - 1h)));
    clock.move(-2h);
    on.state.run(batch(call_outs(50, 50, noon() - 3h)));
  }
  clock.move(-2h);
  running_desk on{*ledger, clock, rules};
  on.state.run(batch(call_outs(100, 50, noon() - 5h)));
  const auto all = revisions(*ledger);
  REQUIRE(all.size() == 150);
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].received_at < all[i].received_at);
}

TEST_CASE("a job that throws is undone alone; those before and behind it in its transaction stand") {
  const auto ledger = memory_store();
  manual_clock clock{noon()};
  const auto rules = count_rule(2);
  running_desk on{*ledger, clock, rules, {}, false};
  std::vector<std::string> told;
  const auto tell = [&](const char* name) {
    return [&told, name](const std::exception_ptr& error) {
      told.push_back(std::string{name} + (error ? " failed" : " done"));
    };
  };
  const auto tell_rows = [&](const char* name) {
    return [&told, name](const std::exception_ptr& error, const batch_outcome&) {
      told.push_back(std::string{name} + (error ? " failed" : " done"));
    };
  };
  REQUIRE(on.state.submit(batch(call_outs(0, 1, noon() - 1h)), tell_rows("rows")));
  REQUIRE(on.state.submit(
      [](desk_view& view) {
        view.ledger.set_mark("half", "done");
        throw std::runtime_error{"a bug"};
      },
      tell("bug")));
  REQUIRE(on.state.submit(batch(call_outs(1, 1, noon() - 1h)), tell_rows("more rows")));
  CHECK(on.state.queued() == 3);
  on.state.start();
  on.state.stop();
  CHECK(told == std::vector<std::string>{"rows done", "bug failed", "more rows done"});
  CHECK_FALSE(ledger->mark("half"));
  CHECK(revisions(*ledger).size() == 2);
  CHECK(ledger->signals(true, {}).size() == 1);
  CHECK(on.state.healthy());
}

TEST_CASE("a full queue says so, and a stopped desk takes nothing") {
  const auto ledger = memory_store();
  manual_clock clock{noon()};
  running_desk on{*ledger, clock, count_rule(3), {.queue_limit = 2, .queue_rows = 10, .group_rows = 10}, false};
  REQUIRE(on.state.submit(batch(call_outs(0, 20, noon())), {})); // one batch always fits
  CHECK_FALSE(on.state.submit(batch(call_outs(20, 1, noon())), {}));
  on.state.start();
  on.state.stop();
  CHECK(revisions(*ledger).size() == 20);
  CHECK_FALSE(on.state.submit([](desk_view&) {}, {}));
  CHECK_THROWS(on.poke());
}

TEST_CASE("where the disk takes nothing, nobody is told success, and the same rows count once later") {
  temp_dir folder;
  const auto ledger = open_store(folder.path()).value();
  manual_clock clock{noon()};
  const auto rules = count_rule(3);
  running_desk on{*ledger, clock, rules};
  on.state.run(batch(call_outs(0, 2, noon() - 1h)));
  {
    const full_disk now;
    CHECK_THROWS_AS(on.state.run(batch(call_outs(2, 100, noon() - 1h))), store_error);
    CHECK_FALSE(on.state.healthy());
  }
  CHECK(revisions(*ledger).size() == 2);
  CHECK(kept_signals(*ledger).empty());
  CHECK(on.state.run(batch(call_outs(2, 100, noon() - 1h))).accepted == 100);
  CHECK(on.state.healthy());
  CHECK(revisions(*ledger).size() == 102);
  CHECK(kept_signals(*ledger) == fold(*ledger, rules, clock.now()));
}

TEST_CASE("what falls due while jobs run is handled before the next, however soon that comes") {
  const auto ledger = memory_store();
  manual_clock clock{noon()};
  const auto rules = count_rule(1);
  {
    running_desk on{*ledger, clock, rules};
    (void)on.state.run(batch({call_out("a", noon())}));
  }
  running_desk on{*ledger, clock, rules, {}, false};
  // One transaction: the deadline passes in the first job, so that the second is stamped after it.
  REQUIRE(on.state.submit([&](desk_view&) { clock.move(72h); }, [](const std::exception_ptr&) {}));
  REQUIRE(on.state.submit([](desk_view&) {}, [](const std::exception_ptr&) {}));
  on.state.start();
  on.poke();
  on.poke();
  CHECK(ledger->signals(true, {}).empty());
}

TEST_CASE("after a restart the engine is where it was, and says nothing twice") {
  const auto ledger = memory_store();
  manual_clock clock{noon()};
  const auto rules = count_rule(3);
  {
    running_desk on{*ledger, clock, rules};
    on.state.run(batch(call_outs(0, 4, noon() - 1h)));
  }
  const auto before = kept_signals(*ledger);
  REQUIRE(before.size() == 1);
  {
    running_desk on{*ledger, clock, rules};
    CHECK(kept_signals(*ledger) == before);
    on.state.run(batch(call_outs(4, 1, noon() - 1h))); // joins the signal that is open
  }
  REQUIRE(kept_signals(*ledger).size() == 1);
  CHECK(kept_signals(*ledger).front().value == 5);

  clock.move(72h); // its deadline passes while nothing runs, and is handled at the next start
  running_desk on{*ledger, clock, rules};
  on.poke();
  CHECK(kept_signals(*ledger).front().close_reason == close_reason::below_threshold);
  CHECK(kept_signals(*ledger) == fold(*ledger, rules, clock.now()));
}

TEST_CASE("rules that changed close what they no longer find, and keep what still holds under its name") {
  const auto ledger = memory_store();
  manual_clock clock{noon()};
  {
    running_desk on{*ledger, clock, count_rule(3)};
    on.state.run(batch(call_outs(0, 4, noon() - 1h)));
  }
  const auto known = kept_signals(*ledger).front();
  SUBCASE("still holds") {
    running_desk on{*ledger, clock, count_rule(4)};
    REQUIRE(kept_signals(*ledger).size() == 1);
    CHECK(kept_signals(*ledger).front().id == known.id);
    CHECK(kept_signals(*ledger).front().bound == 4);
    on.state.run(batch(call_outs(4, 1, noon() - 1h)));
    REQUIRE(kept_signals(*ledger).size() == 1);
    CHECK(kept_signals(*ledger).front().opened_at == known.opened_at);
    CHECK(kept_signals(*ledger).front().value == 5);
  }
  SUBCASE("no longer found") {
    running_desk on{*ledger, clock, count_rule(9)};
    REQUIRE(kept_signals(*ledger).size() == 1);
    CHECK(kept_signals(*ledger).front().close_reason == close_reason::rule_changed);
  }
  SUBCASE("replaced while running") {
    running_desk on{*ledger, clock, count_rule(3)};
    on.state.replace_rules(count_rule(9));
    CHECK(kept_signals(*ledger).front().close_reason == close_reason::rule_changed);
    on.state.run(batch(call_outs(4, 5, noon() - 1h)));
    CHECK(ledger->signals(true, {}).size() == 1);
  }
}
