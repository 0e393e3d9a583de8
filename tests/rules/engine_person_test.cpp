// SPDX-License-Identifier: Apache-2.0
// What backtests never see: a person's closing, what is told of a change, and the engine's clock.
#include "tests/rules/engine_world.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

std::vector<signal_event> told(rules::engine& running, const std::vector<observation>& records) {
  std::vector<signal_event> out;
  for (const auto& one : records) running.observe(one, out);
  return out;
}

} // namespace

TEST_CASE("what a person closed stays closed until a window's value exceeds the value at closing") {
  rules::engine running{set_of({count_rule(24h, 2, 9)})};
  std::vector<signal_event> out = told(running, {seen("1", 1), seen("2", 2), seen("3", 3)});
  running.close_by_person(out.front().now.id, hour(4), out);
  CHECK(out.back().what == signal_change::closed);
  CHECK(out.back().now.close_reason == close_reason::person);
  CHECK(running.open_signals().empty());
  CHECK(told(running, {seen("4", 26.5)}).empty()); // two again: no more than at closing
  SUBCASE("more than at closing opens a new one") {
    const auto more = told(running, {seen("5", 2.5, 27)});
    REQUIRE(more.size() == 1);
    CHECK(more.front().what == signal_change::opened);
    CHECK(more.front().now.value == 4);
  }
  SUBCASE("other records open as usual") {
    const auto other = told(running, {seen("5", 80), seen("6", 81)});
    REQUIRE(other.size() == 1);
    CHECK(other.front().what == signal_change::opened);
  }
}

TEST_CASE("a fresh crossing is told while the signal is open") {
  auto by = count_rule(24h, 2, 9);
  by.clear_after = 240h;
  rules::engine running{set_of({by})};
  const auto out = told(running, {seen("1", 1), seen("2", 2), seen("3", 3), seen("4", 60), seen("5", 61)});
  REQUIRE(out.size() == 3);
  CHECK(out[0].what == signal_change::opened);
  CHECK(out[1].what == signal_change::grew);
  CHECK(out[2].what == signal_change::fresh_crossing);
  CHECK(out[2].evidence_added.size() == 2);
}

TEST_CASE("T never goes back") {
  rules::engine running{set_of({count_rule()})};
  (void)told(running, {seen("1", 5)});
  CHECK_THROWS_AS((void)told(running, {seen("2", 4)}), std::invalid_argument);
}

TEST_CASE("the next deadline is when advancing does something") {
  rules::engine running{set_of({count_rule(24h, 2, 9)})};
  CHECK_FALSE(running.next_deadline());
  (void)told(running, {seen("1", 1), seen("2", 2)});
  REQUIRE(running.next_deadline());
  CHECK(*running.next_deadline() == hour(26));
  std::vector<signal_event> out;
  running.advance(hour(25.99), out);
  CHECK(out.empty());
  running.advance(hour(26), out);
  REQUIRE(out.size() == 1);
  CHECK(out.front().at == hour(26));
  CHECK_FALSE(running.next_deadline());
}

TEST_CASE("ids are the same for the same records, and differ between signals") {
  const std::vector<observation> records{seen("1", 1), seen("2", 2), seen("3", 60), seen("4", 61)};
  rules::engine once{set_of({count_rule(24h, 2, 9)})}, twice{set_of({count_rule(24h, 2, 9)})};
  const auto a = told(once, records), b = told(twice, records);
  REQUIRE(a.size() == 3);
  REQUIRE(b.size() == 3);
  CHECK(a.front().now.id == b.front().now.id);
  CHECK(a.front().now.id != a.back().now.id);
  CHECK(a.front().now.id.str().starts_with("S-"));
}
