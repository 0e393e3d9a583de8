// SPDX-License-Identifier: Apache-2.0
// The daemon's time while the machine's clock is set about.
#include "daemon/onward_clock.hpp"
#include "support/manual_clock.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace std::chrono_literals;

namespace {

const instant noon = *parse_rfc3339("2026-03-01T12:00:00Z");

// The machine's clock, and what really passes.
struct two_clocks {
  test::manual_clock machine{noon};
  std::chrono::steady_clock::time_point ticks{};
  onward_clock time;

  explicit two_clocks(std::optional<instant> last = {}) : time{machine, last, [this] { return ticks; }} {}
  void pass(duration by) {
    machine.move(by);
    ticks += by;
  }
};

} // namespace

TEST_CASE("the daemon's time goes on whatever the machine's clock does") {
  struct row {
    const char* name;
    duration set; // by how much the machine's clock is set at noon
    duration then;
    duration shows; // past noon
    duration ahead;
  };
  const row rows[] = {
      {"nothing happens", 0s, 10min, 10min, 0s},
      {"set back an hour: on at half speed", -1h, 10min, 5min, 55min},
      {"and level with it again after two hours", -1h, 2h, 1h, 0s},
      {"from then on the machine's time", -1h, 3h, 2h, 0s},
      {"set forward", 1h, 10min, 70min, 0s},
      {"half a second back is waited out", -500ms, 10min, 10min - 500ms, 0s},
      {"more than a day back: the earlier time is taken", -48h, 10min, 10min - 48h, 0s},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    two_clocks on;
    CHECK(on.time.now() == noon);
    on.machine.move(r.set);
    (void)on.time.now();
    on.pass(r.then);
    CHECK(on.time.now() - noon == r.shows);
    CHECK(on.time.ahead() == r.ahead);
  }
}

TEST_CASE("it never goes back, also while the clock is set to and fro within a day") {
  two_clocks on;
  auto last = on.time.now();
  for (const duration step : {duration{-1h}, duration{-2h}, duration{30min}, duration{-3h}, duration{6h}}) {
    on.machine.move(step);
    for (int i = 0; i < 20; ++i) {
      on.pass(1min);
      const auto now = on.time.now();
      CHECK(now > last);
      last = now;
    }
  }
}

TEST_CASE("a clock that was set back by mistake and set right again counts once") {
  two_clocks on;
  on.machine.move(-1h);
  (void)on.time.now();
  on.machine.move(1h);
  CHECK(on.time.now() == noon);
  on.pass(10min);
  CHECK(on.time.now() == noon + 10min);
}

TEST_CASE("a start goes on from what the last run reached") {
  struct row {
    const char* name;
    duration last; // past the machine's noon
    duration shows;
  };
  const row rows[] = {{"long ago", -10h, 0s}, {"set back while it was down", 1h, 1h}, {"by more than a day", 48h, 0s}};
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const two_clocks on{noon + r.last};
    CHECK(on.time.now() - noon == r.shows);
  }
}
