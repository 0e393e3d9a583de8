// SPDX-License-Identifier: Apache-2.0
// While a feed that a rule observes is overdue, its signals do not close: the time of silence does not count. Retired
// instead of back, they close as feed_lost.
#include "rules/engine_world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

constexpr auto overdue = feed_state::overdue;
constexpr auto current = feed_state::current;
constexpr auto retired = feed_state::retired;

struct turn_at {
  double at = 0;
  feed_state to = overdue;
  const char* feed = "yas";
  const char* kind = "ambulance";
};

struct told {
  std::vector<signal_event> events;
  signal last;
  std::vector<signal> open;
};

// Three records at 0, 1 and 2 o'clock: opens at 2, and would close at 26.
told tell(const rule& by, std::vector<observation> records, const std::vector<turn_at>& turns, double until) {
  engine running{set_of({by})};
  told out;
  auto turn = turns.begin();
  const auto hear = [&](instant before) {
    for (; turn != turns.end() && hour(turn->at) < before; ++turn)
      running.hear({feed_id{turn->feed}, kind_id{turn->kind}, turn->to, hour(turn->at)}, out.events);
  };
  for (const auto& one : records) {
    hear(one.received_at);
    running.observe(one, out.events);
  }
  hear(instant::max());
  running.advance(hour(until), out.events);
  REQUIRE_FALSE(out.events.empty());
  out.last = out.events.back().now;
  out.open = running.open_signals();
  return out;
}

std::vector<observation> three_and(std::vector<observation> more = {}) {
  std::vector<observation> out{seen("a", 0), seen("b", 1), seen("c", 2)};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

observation withdrawn(const char* id, double at, double received) {
  auto out = seen(id, at, received);
  out.withdrawn = true;
  return out;
}

} // namespace

TEST_SUITE("held signals") {

  TEST_CASE("a signal's clock stands still while a feed its rule observes is overdue") {
    struct {
      const char* name;
      std::vector<observation> more;
      std::vector<turn_at> turns;
      std::optional<double> closes; // nothing: still open after 100 hours
      close_reason why = close_reason::below_threshold;
      bool held = false;
    } const rows[] = {
        {"never overdue", {}, {}, 26},
        {"overdue for 30 hours", {}, {{10, overdue}, {40, current}}, 56},
        {"overdue and silent ever since", {}, {{10, overdue}}, {}, {}, true},
        {"twice overdue", {}, {{10, overdue}, {20, current}, {30, overdue}, {35, current}}, 41},
        {"overdue only after it closed", {}, {{27, overdue}}, 26},
        {"a feed of another kind", {}, {{10, overdue, "ed", "attendance"}}, 26},
        {"another feed of the kind", {}, {{10, overdue, "emas"}, {40, current, "emas"}}, 56},
        {"until the last of two is back",
         {},
         {{10, overdue}, {20, overdue, "emas"}, {30, current}, {40, current, "emas"}},
         56},
        {"told twice, once counts", {}, {{10, overdue}, {15, overdue}, {40, current}, {60, current}}, 56},
        {"another feed's records keep it going", {seen("d", 20)}, {{10, overdue}, {40, current}}, 64},
        {"overdue before it opened", {}, {{0.5, overdue}, {40, current}}, 64},
        {"retired", {}, {{10, overdue}, {40, retired}}, 40, close_reason::feed_lost},
        {"retired without being overdue", {}, {{10, retired}}, 26},
        {"retired while another is overdue",
         {},
         {{10, overdue}, {20, overdue, "emas"}, {40, retired}},
         40,
         close_reason::feed_lost},
        {"corrected data close it all the same",
         {withdrawn("c", 2, 30)},
         {{10, overdue}, {40, current}},
         30,
         close_reason::data_corrected},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto got = tell(count_rule(), three_and(row.more), row.turns, 100);
      CHECK(got.last.held == row.held);
      CHECK(got.open.size() == (row.closes ? 0U : 1U));
      if (!row.closes) continue;
      REQUIRE(got.last.closed_at);
      CHECK(*got.last.closed_at == hour(*row.closes));
      CHECK(got.last.close_reason == row.why);
    }
  }

  TEST_CASE("it says when it is held and when it goes on") {
    const auto got = tell(count_rule(), three_and(), {{10, overdue}, {40, current}}, 100);
    std::vector<std::string> said;
    for (const auto& one : got.events) said.push_back(std::string{to_text(one.what)} + (one.now.held ? " held" : ""));
    CHECK(said == std::vector<std::string>{"opened", "held held", "resumed", "closed"});
  }

  TEST_CASE("only rules that observe the feed are held") {
    auto by_feed = count_rule();
    by_feed.observe.kinds.clear();
    by_feed.observe.feeds = {feed_id{"yas"}};
    CHECK(tell(by_feed, three_and(), {{10, overdue}}, 100).open.size() == 1);
    CHECK(tell(by_feed, three_and(), {{10, overdue, "emas"}}, 100).open.empty());
  }

  TEST_CASE("a person closes it all the same") {
    engine running{set_of({count_rule()})};
    std::vector<signal_event> out;
    for (const auto& one : three_and()) running.observe(one, out);
    running.hear({feed_id{"yas"}, kind_id{"ambulance"}, overdue, hour(10)}, out);
    running.close_by_person(out.back().now.id, hour(12), out);
    CHECK(out.back().now.close_reason == close_reason::person);
    CHECK_FALSE(out.back().now.held);
    CHECK_FALSE(running.next_deadline());
  }
}
