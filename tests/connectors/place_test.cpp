// SPDX-License-Identifier: Apache-2.0
// Where an incident was: areas, sites and their aliases, homes, hospitals, and people without an address.
#include "feed_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;

namespace {

feed places_feed() {
  return load_good(feed_yaml(R"(read: csv
identity: {id: ID}
map:
  occurred_at: When
  setting: Setting
  ward: [Ward, {column: Home ward, place_of: home}]
  site: [Place, {column: Home, place_of: home}, {column: Hospital, place_of: facility}]
)"));
}

std::string shown(const std::optional<area_code>& code) {
  return code ? code->str() : "-";
}

} // namespace

TEST_CASE("where it happened makes the place; where somebody lives stands in; where somebody was treated never does") {
  struct row {
    const char* name;
    const char* cells; // Setting, Ward, Home ward, Place, Home, Hospital
    const char* ward;
    const char* site;
    const char* setting;
  };
  constexpr const char* armley = "E05011387";
  const row rows[] = {
      {"a ward of the incident", ",Armley,,,,", armley, "-", "-"},
      {"the incident's before the home's", ",Armley,E05000001,,,", armley, "-", "-"},
      {"the home's where nothing better is given", ",,Armley,,,", armley, "-", "-"},
      {"a site gives its ward and setting", ",,,Mill Lane Hostel,,", armley, "hostel-1", "hostel"},
      {"by alias, however it is written", ",,,mill-LN.,,", armley, "hostel-1", "hostel"},
      {"the row's own setting stays", "street,,,Mill Lane Hostel,,", armley, "hostel-1", "street"},
      {"the row's own ward stays", ",E05000001,,Mill Lane Hostel,,", "E05000001", "hostel-1", "hostel"},
      {"a site's ward is nearer than a home's", ",,E05000001,Mill Lane Hostel,,", armley, "hostel-1", "hostel"},
      {"outside but ours: no ward, not even the home's", ",,Armley,HMP Moor,,", "-", "hmp-moor", "prison"},
      {"a hospital as the place: its ward is not the incident's", ",E05000001,,City Infirmary,,", "-", "infirmary",
       "hospital"},
      {"a hospital where somebody was taken", ",Armley,,,,City Infirmary", armley, "infirmary", "-"},
      {"a hospital where somebody was taken gives no ward", ",,,,,City Infirmary", "-", "infirmary", "-"},
      {"a hospital's postcode as a ward", ",LS9 7TF,,,,", "-", "-", "-"},
      {"a hospital's postcode as a home", ",,ls97tf,,,", "-", "-", "-"},
      {"no fixed abode", ",NFA,,,,", "-", "-", "-"},
      {"no fixed abode, in the NHS's way", ",ZZ99 3VZ,,,,", "-", "-", "-"},
      {"living at a hostel is not being found there", ",,,,Mill Lane Hostel,", armley, "-", "-"},
      {"living at a hospital is no address", ",,,,CI,", "-", "-", "-"},
  };
  const auto from = places_feed();
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto read = read_all(from, std::string{"ID,When,Setting,Ward,Home ward,Place,Home,Hospital\n1,2026-03-01,"} +
                                         r.cells + "\n");
    REQUIRE(read.results() == "2 accepted");
    const auto seen = read.observations().front();
    CHECK(shown(seen.ward) == r.ward);
    CHECK((seen.site ? seen.site->str() : "-") == r.site);
    CHECK((seen.setting ? std::string{to_text(*seen.setting)} : "-") == r.setting);
    CHECK(read.rows.front().unknown.empty());
  }
}

TEST_CASE("a place nobody knows is noted, with what kind of word it is") {
  const auto read = read_all(places_feed(), std::string{"ID,When,Setting,Ward,Home ward,Place,Home,Hospital\n"
                                                        "1,2026-03-01,,Nowhere,,Unknown Hostel,,\n"});
  REQUIRE(read.results() == "2 accepted");
  std::vector<std::string> noted;
  for (const auto& one : read.rows.front().unknown) noted.push_back(one.column + ' ' + one.word + ' ' + one.code);
  CHECK(noted == std::vector<std::string>{"Ward Nowhere unknown-area", "Place Unknown Hostel unknown-site"});
}

TEST_CASE("mistakes about places are located") {
  struct row {
    const char* name;
    std::string map;
    const char* said;
  };
  const row rows[] = {
      {"a role nobody knows", "  ward: {column: Ward, place_of: house}\n",
       "feed.yaml:11:34: error[bad-value]: feed 'test': 'house' is not known; use incident, home or facility"},
      {"an area of a facility", "  ward: {column: Ward, place_of: facility}\n",
       "feed.yaml:11:34: error[impossible-condition]: feed 'test': where somebody was treated says nothing of where it "
       "happened; map `site` with place_of: facility instead"},
      {"a site nobody knows", "  site: {column: Place, values: {A: Mill Lane Hostl}}\n",
       "feed.yaml:11:37: error[bad-value]: feed 'test': no site is called 'Mill Lane Hostl'; did you mean 'Mill Lane "
       "Hostel'?"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto loaded = load(feed_yaml("read: csv\nidentity: {id: ID}\nmap:\n  occurred_at: When\n" + r.map));
    REQUIRE(loaded.found.size() == 1);
    CHECK(render(loaded.found.front(), {}) == r.said);
  }
}
