// SPDX-License-Identifier: Apache-2.0
// What becomes of personal data at the door: pseudonyms, age bands, postcodes; and which calls are near each other.
#include "connectors/mapping/privacy.hpp"
#include "feed_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;

namespace {
const sensitive<std::string> key{"a key for tests"};
const std::vector<int> edges{0, 16, 18, 26, 35, 45, 55, 65};
} // namespace

TEST_CASE("identifiers are compared in one form, however they are written") {
  struct row {
    const char* name;
    const char* one;
    const char* other;
    bool same;
  };
  const row rows[] = {
      {"spaces and hyphens", "943 476 5919", "943-476-5919", true},
      {"case", "ab12", "AB12", true},
      {"accents", "José Núñez", "JOSE NUNEZ", true},
      {"a combining accent", "Jose\xCC\x81", "José", true},
      {"Polish and Czech", "Łukasz Žáček", "lukasz zacek", true},
      {"ligatures", "Bjørn Æsir Groß", "bjorn aesir gross", true},
      {"apostrophes", "O'Neill", "ONeill", true},
      {"another script stays itself", "Олег", "Olег", false},
      {"another number", "9434765919", "9434765918", false},
      {"a leading nought matters", "012", "12", false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK((pseudonym(key, "p:", "nhs", r.one) == pseudonym(key, "p:", "nhs", r.other)) == r.same);
  }
  CHECK(pseudonym(key, "p:", "nhs", "1") != pseudonym(key, "p:", "local", "1"));
  CHECK(pseudonym(key, "p:", "nhs", "1") != pseudonym(sensitive<std::string>{"another"}, "p:", "nhs", "1"));
  CHECK(pseudonym(key, "p:", "nhs", "1").size() == 34);
  const std::vector<std::string> ann_elm{"Ann", "Elm"};
  const std::vector<std::string> an_nelm{"An", "nelm"};
  CHECK(pseudonym(key, "p:", "x", ann_elm) != pseudonym(key, "p:", "x", an_nelm));
  // These two must never change: every pseudonym in a store was made so.
  CHECK(pseudonym(key, "p:", "nhs-number", "943 476 5919") == pseudonym(key, "p:", "nhs-number", "9434765919"));
  CHECK(normalised_identifier("  Dr. José-María O’Neill, 2nd ") == "drjosemariaoneill2nd");
}

TEST_CASE("a person of several columns: all of them or nobody, the birth date in one form") {
  const auto from = load_good(feed_yaml(R"(read: csv
identity: {id: ID}
map:
  occurred_at: When
  person: {columns: [Surname, Forename], birth_date: Born, formats: ["%d/%m/%Y", iso], numbers: name-and-birth}
  age_band: {birth_date: Born, formats: ["%d/%m/%Y", iso]}
)"));
  const auto read = read_all(from, std::string{"ID,When,Surname,Forename,Born\n"
                                               "1,2026-03-01,Núñez,Ann,01/03/2000\n"
                                               "2,2026-03-01,NUNEZ,ann,2000-03-01\n"
                                               "3,2026-03-01,Nunezan,n,2000-03-01\n"
                                               "4,2026-03-01,Nunez,,2000-03-01\n"
                                               "5,2026-03-01,Nunez,Ann,\n"
                                               "6,2026-03-01,Nunez,Ann,2000-03-02\n"});
  REQUIRE(read.observations().size() == 6);
  const auto person = [&](std::size_t i) { return read.observations().at(i).person; };
  REQUIRE(person(0));
  CHECK(person(0) == person(1));
  CHECK(person(2) != person(0));
  CHECK_FALSE(person(3));
  CHECK_FALSE(person(4));
  CHECK(person(5) != person(0));
  CHECK(read.observations().at(0).age_band == "26-34"); // the 26th birthday
  CHECK(read.observations().at(5).age_band == "18-25"); // the day before it
  for (const auto& one : read.observations()) CHECK(to_json(one).find("unez") == std::string::npos);
}

TEST_CASE("age bands at their edges") {
  struct row {
    double years;
    const char* band;
  };
  const row rows[] = {{0, "0-15"},      {15, "0-15"},    {15.99, "0-15"}, {16, "16-17"}, {17.9, "16-17"}, {18, "18-25"},
                      {25.99, "18-25"}, {26, "26-34"},   {34, "26-34"},   {35, "35-44"}, {64, "55-64"},   {65, "65+"},
                      {130, "65+"},     {130.1, "none"}, {-1, "none"},    {999, "none"}};
  for (const auto& r : rows) {
    CAPTURE(r.years);
    CHECK(age_band_of(r.years, edges).value_or("none") == r.band);
  }
  const std::pair<const char*, const char*> texts[] = {
      {"16-17", "16-17"}, {"26 to 34", "26-34"},  {"under 16", "0-15"}, {"<16", "0-15"},
      {"65+", "65+"},     {"65 and over", "65+"}, {"0-15", "0-15"},     {"20-29", "none"},
      {"65-70", "none"},  {"", "none"},           {"26–34", "26-34"}};
  for (const auto& [text, band] : texts) {
    CAPTURE(text);
    CHECK(known_age_band(text, edges).value_or("none") == band);
  }
  using namespace std::chrono;
  CHECK(age_on(2008y / 2 / 29, 2026y / 2 / 28) == 17);
  CHECK(age_on(2008y / 2 / 29, 2026y / 3 / 1) == 18);
}

TEST_CASE("no full postcode leaves, whatever column it stands in") {
  const auto from = load_good(feed_yaml(R"(read: csv
identity: {id: ID}
map: {occurred_at: When, area: {column: Postcode, as: postcode}, ward: Ward}
attributes: {note: Note}
)"));
  for (const std::string written : {"LS9 7TF", "ls97tf", "LS9-7TF", "LS9\xC2\xA0 7TF", "LS9 7TF."}) {
    CAPTURE(written);
    const auto read = read_all(from, "ID,When,Postcode,Ward,Note\n" + written + ",2026-03-01," + written + "," +
                                         written + ",seen at " + written + " today\n");
    REQUIRE(read.rows.size() == 1);
    std::string all;
    for (const auto& one : read.observations()) all += to_json(one);
    for (const auto& one : read.rows.front().unknown) all += one.word;
    if (const auto* why = std::get_if<rejected>(&read.rows.front().what)) all += why->reason + why->shown;
    CHECK_FALSE(has_full_postcode(all));
    CHECK(all.find("7TF") == std::string::npos);
    CHECK(all.find("7tf") == std::string::npos);
  }
}

TEST_CASE("calls near each other: the same columns, a time, and the incident a call would begin") {
  const auto from = load_good(feed_yaml(R"(read: csv
identity: {id: ID}
incident: {column: Incident, same: [Township, Patient], within: 2m}
map: {occurred_at: When}
)"));
  const auto read = read_all(from, std::string{"ID,When,Incident,Township,Patient\n1,2026-03-01,77,NEW HANOVER,p1\n"
                                               "2,2026-03-01,,New Hanover,P1\n3,2026-03-01,,new-hanover,p1\n"
                                               "4,2026-03-01,,,p1\n5,2026-03-01,,Lower Merion,p1\n"});
  REQUIRE(read.rows.size() == 5);
  CHECK(read.observations().at(0).incident);
  CHECK_FALSE(read.rows.at(0).near);
  REQUIRE(read.rows.at(1).near);
  CHECK_FALSE(read.observations().at(1).incident);
  CHECK(read.rows.at(1).near->within == std::chrono::minutes{2});
  CHECK(read.rows.at(1).near->place == read.rows.at(2).near->place);
  CHECK(read.rows.at(1).near->begins != read.rows.at(2).near->begins);
  CHECK_FALSE(read.rows.at(3).near); // an unknown place is near to none
  CHECK(read.rows.at(4).near->place != read.rows.at(1).near->place);
}

TEST_CASE("mistakes about incidents are located") {
  struct row {
    const char* written;
    const char* said;
  };
  const row rows[] = {
      {"{same: [Town]}",
       "feed.yaml:9:11: error[missing-key]: feed 'test': 'same' and 'within' go together: the columns "
       "that must be equal, and within what time"},
      {"{same: [Town], within: soon}",
       "feed.yaml:9:34: error[bad-duration]: feed 'test': 'soon' is no length of time up "
       "to 7d; write 2m or 1h"},
      {"{numbers: yas}",
       "feed.yaml:9:11: error[missing-key]: feed 'test': say how calls belong together: `column` with "
       "the incident's number, or `same` and `within`"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.written);
    const auto loaded = load(feed_yaml("read: csv\nidentity: {id: ID}\nincident: " + std::string{r.written} +
                                       "\nmap: {occurred_at: When}\n"));
    REQUIRE(loaded.found.size() == 1);
    CHECK(render(loaded.found.front(), {}) == r.said);
  }
}
