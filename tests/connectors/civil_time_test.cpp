// SPDX-License-Identifier: Apache-2.0
// Wall-clock times in a mapping where clocks change, and the forms in which times are written.
#include "feed_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;

TEST_CASE("times where clocks change: the earlier instant, or the moment of the change, and each is counted") {
  struct row {
    const char* name;
    const char* zone;
    const char* written;
    const char* instant;
    bool odd;
  };
  const row rows[] = {
      {"winter", "Europe/London", "2026-01-15 12:00", "2026-01-15T12:00:00Z", false},
      {"summer", "Europe/London", "2026-07-15 12:00", "2026-07-15T11:00:00Z", false},
      {"before the gap", "Europe/London", "2026-03-29 00:59:59", "2026-03-29T00:59:59Z", false},
      {"at its beginning", "Europe/London", "2026-03-29 01:00", "2026-03-29T01:00:00Z", true},
      {"within the hour that never was", "Europe/London", "2026-03-29 01:30", "2026-03-29T01:00:00Z", true},
      {"behind it", "Europe/London", "2026-03-29 02:00", "2026-03-29T01:00:00Z", false},
      {"before the hour that is twice", "Europe/London", "2026-10-25 00:59:59", "2026-10-24T23:59:59Z", false},
      {"within it", "Europe/London", "2026-10-25 01:30", "2026-10-25T00:30:00Z", true},
      {"behind it", "Europe/London", "2026-10-25 02:00", "2026-10-25T02:00:00Z", false},
      {"with an offset there is nothing to resolve", "Europe/London", "2026-10-25T01:30:00+00:00",
       "2026-10-25T01:30:00Z", false},
      {"and Z", "Europe/London", "2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z", false},
      {"New York, twice", "America/New_York", "2016-11-06 01:08:49", "2016-11-06T05:08:49Z", true},
      {"New York, never", "America/New_York", "2016-03-13 02:30", "2016-03-13T07:00:00Z", true},
      {"half an hour of Lord Howe", "Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z", true},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto from = load_good(
        feed_yaml(std::string{"read: csv\nzone: "} + r.zone + "\nidentity: {id: ID}\nmap: {occurred_at: When}\n"));
    const auto read = read_all(from, std::string{"ID,When\n1,"} + r.written + "\n");
    REQUIRE(read.results() == "2 accepted");
    CHECK(format_rfc3339(read.observations().front().occurred_at) == r.instant);
    CHECK(read.rows.front().odd_civil_time == r.odd);
  }
}

TEST_CASE("how times are written") {
  struct row {
    const char* format;
    const char* written;
    const char* instant; // empty: refused
  };
  const row rows[] = {
      {"%d/%m/%Y %H:%M", "01/03/2026 22:15", "2026-03-01T22:15:00Z"},
      {"%d/%m/%Y %H:%M", "1/3/2026 9:05", "2026-03-01T09:05:00Z"},
      {"%d/%m/%Y %H:%M", "31/02/2026 10:00", ""},
      {"%d/%m/%Y %H:%M", "29/02/2026 10:00", ""},
      {"%d/%m/%Y %H:%M", "29/02/2024 10:00", "2024-02-29T10:00:00Z"},
      {"%d/%m/%Y %H:%M", "01/03/2026 24:00", ""},
      {"%d/%m/%Y %H:%M", "01/03/2026 10:00 x", ""},
      {"%d/%m/%Y %I:%M %p", "01/03/2026 12:15 AM", "2026-03-01T00:15:00Z"},
      {"%d/%m/%Y %I:%M %p", "01/03/2026 12:15 PM", "2026-03-01T12:15:00Z"},
      {"%d/%m/%Y %I:%M %p", "01/03/2026 13:15 PM", ""},
      {"%d-%b-%y", "01-Mar-26", "2026-03-01T00:00:00Z"},
      {"%a %d %B %Y", "Sun 1 March 2026", "2026-03-01T00:00:00Z"},
      {"unix", "1772403300", "2026-03-01T22:15:00Z"},
      {"unix-ms", "1772403300000", "2026-03-01T22:15:00Z"},
      {"unix", "soon", ""},
      {"iso", "2026-03-01", "2026-03-01T00:00:00Z"},
      {"iso", "2026-03-01T22:15:30.123456Z", "2026-03-01T22:15:30.123456Z"},
      {"iso", "2026-03-01 22:15+01:00", "2026-03-01T21:15:00Z"},
      {"iso", "0026-03-01", ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.format);
    CAPTURE(r.written);
    const auto from =
        load_good(feed_yaml(std::string{"read: {csv: {delimiter: \";\"}}\nzone: UTC\nidentity: {id: ID}\nmap: "
                                        "{occurred_at: {column: When, formats: [\""} +
                            r.format + "\"]}}\n"));
    const auto read = read_all(from, std::string{"ID;When\n1;"} + r.written + "\n");
    if (*r.instant == '\0') {
      CHECK(read.results() == "2 bad-time");
    } else {
      REQUIRE(read.results() == "2 accepted");
      CHECK(format_rfc3339(read.observations().front().occurred_at) == r.instant);
    }
  }
}
