// SPDX-License-Identifier: Apache-2.0
#include "forewarn/zone.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace std::chrono_literals;

namespace {
civil_time wall(int year, unsigned month, unsigned day, std::chrono::minutes of_day) {
  return civil_time{std::chrono::local_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} +
                    of_day};
}
} // namespace

TEST_CASE("wall-clock times become instants; the repeated and the missing hour by a stated rule") {
  struct row {
    const char* name;
    civil_time wall_clock;
    const char* at;
    civil_resolution how;
  };
  const row rows[] = {
      {"winter", wall(2026, 1, 15, 10h), "2026-01-15T10:00:00Z", civil_resolution::unique},
      {"summer", wall(2026, 7, 15, 10h), "2026-07-15T09:00:00Z", civil_resolution::unique},
      {"repeated hour: the earlier", wall(2026, 10, 25, 1h + 30min), "2026-10-25T00:30:00Z",
       civil_resolution::repeated},
      {"missing hour: the jump", wall(2026, 3, 29, 1h + 30min), "2026-03-29T01:00:00Z", civil_resolution::missing},
  };
  const auto london = zone::named("Europe/London");
  REQUIRE(london.has_value());
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto got = london->to_instant(r.wall_clock);
    CHECK(format_rfc3339(got.at) == r.at);
    CHECK((got.how == r.how));
  }
  CHECK_FALSE(zone::named("Europe/Leeds").has_value());
  CHECK(london->format(*parse_rfc3339("2026-07-15T09:00:00Z")) == "2026-07-15 10:00 BST");
  CHECK(london->format_offset(*parse_rfc3339("2026-07-15T09:00:00Z")) == "2026-07-15T10:00:00+01:00");
}
