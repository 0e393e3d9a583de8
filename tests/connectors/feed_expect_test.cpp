// SPDX-License-Identifier: Apache-2.0
// `expect:` as it is written in a feed's file, and what is said of one that makes no sense.
#include "connectors/feed_fixture.hpp"

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* rest = "identity: {id: ID}\nread: csv\nmap:\n  occurred_at: {column: When, formats: [iso]}\n";

std::string with(const std::string& expect) {
  return feed_yaml("expect: " + expect + "\n" + rest);
}

} // namespace

TEST_SUITE("expect") {

  TEST_CASE("an arrival contract is read") {
    struct {
      const char* name;
      const char* written;
      arrival_contract read;
    } const rows[] = {
        {"every", "{every: 15m}", {15min, {}, 0}},
        {"by alone is each day", "{by: \"09:00\"}", {24h, 9h, 0}},
        {"both", "{every: 7d, by: \"17:30\", min_rows: 20}", {7 * 24h, 17h + 30min, 20}},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(load_good(with(row.written)).expect == row.read);
    }
    CHECK_FALSE(load_good(feed_yaml(rest)).expect);
  }

  TEST_CASE("one that makes no sense is told at its place") {
    struct {
      const char* name;
      const char* written;
      const char* code;
      const char* said;
    } const rows[] = {
        {"neither", "{min_rows: 2}", "missing-key", "give 'every'"},
        {"no length", "{every: often}", "bad-duration", "'often' is no length of time"},
        {"no time of day", "{by: 9am}", "bad-value", "'9am' is no time of day"},
        {"by needs days", "{every: 2h, by: \"09:00\"}", "bad-value", "whole days"},
        {"no time at all", "{every: 0s}", "bad-value", "longer than nothing"},
        {"rows below nothing", "{every: 1d, min_rows: -1}", "bad-value", "min_rows"},
        {"an unknown key", "{every: 1d, min_row: 1}", "unknown-key", "min_rows"},
        {"no mapping", "15m", "wrong-type", "'expect' is a mapping"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const auto yaml = with(row.written);
      const auto loaded = load(yaml);
      CHECK(loaded.feeds.empty());
      REQUIRE(loaded.found.size() == 1);
      const auto shown = render(loaded.found, {{"feed.yaml", yaml}});
      CAPTURE(shown);
      CHECK(loaded.found.front().code == row.code);
      CHECK(loaded.found.front().message.find(row.said) != std::string::npos);
      CHECK(loaded.found.front().at.line == 7);
    }
  }
}
