// SPDX-License-Identifier: Apache-2.0
// When a destination counts as down, who tries whether it is back, and when it counts as up again.
#include "daemon/delivery/breaker.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace forewarn;
using namespace forewarn::outbox;
using namespace std::chrono_literals;

namespace {

const instant noon = parse_rfc3339("2026-03-01T12:00:00Z").value();
const std::string desk = "desk/hook";

breakers::change fail(breakers& all, int times, int messages, instant now = noon) {
  auto last = breakers::change::none;
  for (int i = 0; i < times; ++i) last = all.failed(desk, message_id{"msg_" + std::to_string(i % messages)}, now);
  return last;
}

} // namespace

TEST_CASE("one message that fails for ever does not make its destination down") {
  breakers all;
  CHECK(fail(all, 50, 1) == breakers::change::none);
  CHECK_FALSE(all.down_since(desk));
  CHECK_FALSE(all.wait_for(desk, noon));
}

TEST_CASE("message after message failing opens the breaker once, and a success in between begins anew") {
  breakers all;
  CHECK(fail(all, failures_to_open - 1, 3) == breakers::change::none);
  CHECK(all.delivered(desk) == breakers::change::none);
  CHECK(fail(all, failures_to_open - 1, 3) == breakers::change::none);
  CHECK(fail(all, 1, 3) == breakers::change::opened);
  CHECK(all.down_since(desk) == noon);
  CHECK(fail(all, 5, 3) == breakers::change::none);
  CHECK_FALSE(all.down_since("desk/mail"));
}

TEST_CASE("one at a time tries whether it is back, rarer and rarer, and a success lets all go") {
  breakers all;
  fail(all, failures_to_open, 3);
  CHECK(all.wait_for(desk, noon) == noon + 30s);
  CHECK_FALSE(all.wait_for(desk, noon + 30s)); // this one tries
  CHECK(all.wait_for(desk, noon + 31s));       // the others wait for its outcome
  fail(all, 1, 3, noon + 32s);
  CHECK(all.wait_for(desk, noon + 33s) == noon + 32s + 1min);
  fail(all, 1, 3, noon + 5min);
  fail(all, 1, 3, noon + 10min);
  fail(all, 1, 3, noon + 20min);
  CHECK(all.next_try(desk) == noon + 25min);
  CHECK(all.down_since(desk) == noon);
  CHECK(all.delivered(desk) == breakers::change::closed);
  CHECK_FALSE(all.wait_for(desk, noon + 25min));
}

TEST_CASE("what was down before a restart is tried once, and is still down if that fails") {
  breakers all;
  all.restore(desk, noon - 1h, noon);
  CHECK_FALSE(all.wait_for(desk, noon));
  CHECK(all.wait_for(desk, noon));
  fail(all, 1, 1);
  CHECK(all.wait_for(desk, noon) == noon + 30s);
  CHECK(all.down_since(desk) == noon - 1h);
}
