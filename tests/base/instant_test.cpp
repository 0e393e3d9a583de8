// SPDX-License-Identifier: Apache-2.0
#include "forewarn/instant.hpp"

#include <doctest/doctest.h>

using namespace forewarn;

TEST_CASE("RFC 3339 times are read with their offset and written in UTC") {
  struct row {
    const char* name;
    const char* text;
    const char* written; // null: not a time
  };
  const row rows[] = {
      {"UTC", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"},
      {"offset", "2026-07-01T10:00:00+01:00", "2026-07-01T09:00:00Z"},
      {"negative offset", "2026-07-01T10:00:00-04:30", "2026-07-01T14:30:00Z"},
      {"decimals kept to the microsecond", "2026-03-01T10:00:00.1234567Z", "2026-03-01T10:00:00.123456Z"},
      {"before 1970", "1960-02-29T23:59:59.5Z", "1960-02-29T23:59:59.5Z"},
      {"no offset", "2026-03-01T10:00:00", nullptr},
      {"no such day", "2026-02-30T10:00:00Z", nullptr},
      {"hour 24", "2026-02-20T24:00:00Z", nullptr},
      {"rubbish after", "2026-03-01T10:00:00Zx", nullptr},
      {"empty", "", nullptr},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto at = parse_rfc3339(r.text);
    REQUIRE(at.has_value() == (r.written != nullptr));
    if (at) CHECK(format_rfc3339(*at) == r.written);
  }
}

TEST_CASE("durations are a whole number and one unit") {
  using namespace std::chrono_literals;
  CHECK(parse_duration("24h") == duration{24h});
  CHECK(parse_duration("2w") == duration{336h});
  CHECK(parse_duration("90s") == duration{90s});
  for (const char* bad : {"", "h", "24", "1.5h", "-3h", "24 h", "1h30m", "99999999999w", "5y"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad).has_value());
  }
  CHECK(spell_duration(24h) == "24 hours");
  CHECK(spell_duration(168h) == "7 days");
  CHECK(format_duration(36h) == "36h");
  CHECK(format_duration(48h) == "2d");
}
