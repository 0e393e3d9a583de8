// SPDX-License-Identifier: Apache-2.0
// The feeds that ship load without a complaint against the reference data that ships.
#include "feed_fixture.hpp"
#include "shipped_reference.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;

TEST_CASE("every shipped feed loads") {
  const auto files = texts_of("etc/feeds.d");
  CHECK(files.size() >= 3);
  const auto loaded = load_feeds(files, shipped_reference(), {});
  CHECK(render(loaded.found, files) == "");
  CHECK(loaded.feeds.size() == files.size());
}

TEST_CASE("the ambulance demonstration maps what it is sent") {
  const auto files = texts_of("etc/feeds.d/ambulance.yaml");
  const auto loaded = load_feeds(files, shipped_reference(), {sensitive<std::string>{"a key for tests"}});
  REQUIRE(loaded.feeds.size() == 1);
  const auto read =
      read_all(loaded.feeds.front(), std::string{"Call ID,Call time,Ward,Setting,Drugs reported,Naloxone "
                                                 "given,Naloxone doses,Age,Sex,Patient ref,Incident no,Outcome\n"
                                                 "C1,01/03/2026 10:00,Armley,Street or public place,\"?heroin, no "
                                                 "fentanyl seen\",Y,2,31,Male,P-1,77,Conveyed to hospital\n"
                                                 "C2,01/03/2026 10:05,Armley,,,,,,,,,Cancelled\n"});
  REQUIRE(read.results() == "2 accepted, 3 accepted");
  const auto first = read.observations().front();
  CHECK(first.ward == area_code{"E05011385"});
  CHECK(first.substances == std::vector{substance_id{"heroin"}});
  CHECK(first.age_band == "26-34");
  CHECK_FALSE(first.age);
  CHECK(first.person->str().starts_with("p:"));
  CHECK(first.naloxone == true);
  CHECK(first.setting == setting::street);
  CHECK(read.observations().back().withdrawn);
  CHECK(read.rows.back().withdraws_only);
}
