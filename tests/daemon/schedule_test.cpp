// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/outbox.hpp"
#include "daemon/delivery/retry_after.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

using namespace forewarn;
using namespace forewarn::outbox;
using namespace std::chrono_literals;

namespace {

const instant noon = *parse_rfc3339("2026-03-01T12:00:00Z");

attempt failed(std::optional<duration> retry_after = {}) {
  return {attempt_result::again, "HTTP 500", retry_after};
}

} // namespace

TEST_CASE("the gaps between attempts are the contract's") {
  const duration expected[] = {0s, 5s, 30s, 2min, 5min, 15min, 30min, 1h, 2h, 5h, 10h, 10h, 10h};
  int attempts = 0;
  for (const auto gap : expected) {
    CAPTURE(attempts);
    CHECK(next_gap(attempts++, 0s, 0.0, {}) == gap);
  }
}

TEST_CASE("what moves the next attempt") {
  struct row {
    const char* name;
    int attempts;
    duration since_first;
    double spread;
    std::optional<duration> retry_after;
    std::optional<duration> gap;
  };
  const row rows[] = {
      {"jitter only adds, a fifth at most", 3, 1min, 1.0, {}, 144s},
      {"the receiver's wish, where longer", 1, 0s, 0.0, 90s, 90s},
      {"the schedule, where the wish is shorter", 4, 10min, 0.0, 1s, 5min},
      {"jitter comes on top of the wish", 1, 0s, 0.5, 100s, 110s},
      {"the last try is at 72 hours", 14, 70h, 0.0, {}, 2h},
      {"a wish beyond the end is a try at the end", 2, 1h, 0.9, 24h * 365, 71h},
      {"72 hours are over", 15, 72h, 0.0, {}, {}},
      {"a wish for the past is none", 2, 0s, 0.0, -5s, 30s},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(next_gap(r.attempts, r.since_first, r.spread, r.retry_after) == r.gap);
  }
}

TEST_CASE("a delivery after an attempt") {
  struct row {
    const char* name;
    attempt_result came;
    delivery_state state;
    bool settled;
  };
  const row rows[] = {
      {"delivered", attempt_result::delivered, delivery_state::delivered, true},
      {"failed", attempt_result::again, delivery_state::due, false},
      {"refused", attempt_result::refused, delivery_state::dead, true},
      {"gone", attempt_result::gone, delivery_state::disabled, true},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    delivery before;
    before.leased_until = noon + 1min;
    before.due_at = noon;
    const auto after = settle(before, {r.came, "said", {}}, noon, 0.0);
    CHECK(after.state == r.state);
    CHECK(after.settled_at.has_value() == r.settled);
    CHECK(after.attempts == 1);
    CHECK(after.first_attempt_at == noon);
    CHECK_FALSE(after.leased_until.has_value());
    CHECK(after.last_result == "said");
    CHECK(after.due_at == (r.settled ? noon : noon + 5s));
  }
}

TEST_CASE("a receiver that never answers is tried for 72 hours, then given up") {
  rc::check("whatever the jitter and the receiver's wishes", [] {
    delivery row;
    row.due_at = noon;
    int tries = 0;
    while (row.state == delivery_state::due) {
      const auto now = row.due_at;
      const auto spread = *rc::gen::inRange(0, 1000) / 1000.0;
      const auto wish =
          *rc::gen::maybe(rc::gen::map(rc::gen::inRange(0, 40'000), [](int s) { return duration{s * 1s}; }));
      row = settle(row, failed(wish ? std::optional{*wish} : std::nullopt), now, spread);
      RC_ASSERT(++tries < 60);
      if (row.state != delivery_state::due) {
        RC_ASSERT(now - *row.first_attempt_at == longest_trying);
      } else {
        RC_ASSERT(row.due_at > now);
        RC_ASSERT(row.due_at - *row.first_attempt_at <= longest_trying);
      }
    }
    RC_ASSERT(row.state == delivery_state::dead);
  });
}

TEST_CASE("the clock of 72 hours stands still while the destination is down") {
  delivery row;
  row.first_attempt_at = noon;
  row.attempts = 8;
  CHECK(settle(row, failed(), noon + 73h, 0.0).state == delivery_state::dead);
  CHECK(settle(row, failed(), noon + 73h, 0.0, noon + 1h).state == delivery_state::due);
  row.stood_still = 48h;
  const auto later = settle(row, failed(), noon + 73h, 0.0);
  CHECK(later.state == delivery_state::due);
  CHECK(later.due_at <= noon + 72h + 48h);
}

TEST_CASE("why an attempt ended, as one word of a small set") {
  struct row {
    const char* said;
    const char* reason;
  };
  const row rows[] = {
      {"HTTP 503 Service Unavailable", "http_503"},
      {"HTTP 301 Moved Permanently: redirects are not followed; configure the final URL", "http_301"},
      {"SMTP 451 4.7.1 come back later", "smtp_451"},
      {"SMTP: Couldn't connect to server", "smtp"},
      {"connect example.org:443: Connection refused", "connect"},
      {"connect example.org:443: no answer in time", "timeout"},
      {"read: no answer in time", "timeout"},
      {"TLS example.org: certificate refused: unable to get local issuer certificate", "tls"},
      {"resolve nowhere.invalid: Host not found (authoritative)", "resolve"},
      {"closed without an answer", "connection_lost"},
      {"written to new/msg_1.forewarn", "written"},
      {"something that no one thought of", "other"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.said);
    CHECK(reason_of({attempt_result::again, r.said, {}}) == r.reason);
  }
}

TEST_CASE("Retry-After is seconds or an HTTP date") {
  struct row {
    const char* name;
    const char* value;
    std::optional<duration> wait;
  };
  const row rows[] = {
      {"seconds", "120", 120s},
      {"blanks around", " 7 ", 7s},
      {"date", "Sun, 01 Mar 2026 12:05:00 GMT", 5min},
      {"RFC 850 date", "Sunday, 01-Mar-26 12:05:00 GMT", 5min},
      {"asctime date", "Sun Mar  1 12:05:00 2026", 5min},
      {"a date gone by", "Sun, 01 Mar 2026 11:00:00 GMT", 0s},
      {"more digits than fit", "99999999999999999999999", 24h * 365},
      {"negative", "-5", {}},
      {"rubbish", "soon", {}},
      {"empty", "", {}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(parse_retry_after(r.value, noon) == r.wait);
  }
}
