// SPDX-License-Identifier: Apache-2.0
// What a CSV file of a partner becomes, sin by sin.
#include "feed_fixture.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;

namespace {

const std::string plain = feed_yaml(R"(read: csv
identity: {id: ID}
map: {occurred_at: When, ward: Ward}
)");

} // namespace

TEST_CASE("the sins of real CSV files cost the row they are in, never the file") {
  struct row {
    const char* name;
    std::string text;
    const char* results;
  };
  const row rows[] = {
      {"clean", "ID,When,Ward\n1,2026-03-01,Armley\n", "2 accepted"},
      {"no line end at the end", "ID,When,Ward\n1,2026-03-01,Armley", "2 accepted"},
      {"CRLF", "ID,When,Ward\r\n1,2026-03-01,Armley\r\n2,2026-03-01,Armley\r\n", "2 accepted, 3 accepted"},
      {"CR alone", "ID,When,Ward\r1,2026-03-01,Armley\r2,2026-03-01,Armley\r", "2 accepted, 3 accepted"},
      {"byte order mark", "\xEF\xBB\xBFID,When,Ward\n1,2026-03-01,Armley\n", "2 accepted"},
      {"columns in another order, more columns", "x,Ward,ID,When,y\n,Armley,1,2026-03-01,\n", "2 accepted"},
      {"blank lines are no rows", "\nID,When,Ward\n\n1,2026-03-01,Armley\n  \n2,2026-03-01,\n",
       "4 accepted, 6 accepted"},
      {"trailing delimiter", "ID,When,Ward,\n1,2026-03-01,Armley,\n2,2026-03-01,Armley\n", "2 accepted, 3 accepted"},
      {"short and long rows", "ID,When,Ward\n1,2026-03-01\n2,2026-03-01,Armley,x\n3,2026-03-01,Armley\n",
       "2 wrong-columns, 3 wrong-columns, 4 accepted"},
      {"quotes in an unquoted field", "ID,When,Ward\n5\" pipe,2026-03-01,Armley\n", "2 accepted"},
      {"line breaks in a quoted field", "ID,When,Ward\n\"1\r\n2\n3\",2026-03-01,Armley\n4,2026-03-01,Armley\n",
       "2 accepted, 5 accepted"},
      {"a quote never closed", "ID,When,Ward\n\"1,2026-03-01,Armley\n2,2026-03-01,Armley\n3,2026-03-01,Armley\n",
       "2 unclosed-quote, 3 accepted, 4 accepted"},
      {"a quote closed by a later row", "ID,When,Ward\n\"1,2026-03-01,Armley\n2,2026-03-01,\"Armley\"\n",
       "2 stray-quote, 3 accepted"},
      {"text after a quote", "ID,When,Ward\n\"1\"x,2026-03-01,Armley\n2,2026-03-01,Armley\n",
       "2 stray-quote, 3 accepted"},
      {"header repeated", "ID,When,Ward\n1,2026-03-01,Armley\nID,When,Ward\n2,2026-03-01,Armley\n",
       "2 accepted, 3 unselected, 4 accepted"},
      {"a row of empty cells", "ID,When,Ward\n,,\n2,2026-03-01,Armley\n", "2 unselected, 3 accepted"},
      {"NUL", std::string("ID,When,Ward\n1\0,2026-03-01,Armley\n2,2026-03-01,Armley\n", 51), "2 nul-byte, 3 accepted"},
      {"not UTF-8", "ID,When,Ward\n1,2026-03-01,Caf\xE9\n2,2026-03-01,Armley\n", "2 not-utf8, 3 accepted"},
      {"no id, no time, no such time", "ID,When,Ward\n,2026-03-01,\n1,,\n2,2026-02-30,\n",
       "2 missing-id, 3 missing-time, 4 bad-time"},
      {"header changed", "Id,When,Ward\n1,2026-03-01,Armley\n", "broken changed-header"},
      {"header missing", "1,2026-03-01,Armley\n", "broken changed-header"},
      {"header with a column twice", "ID,When,Ward,ID\n1,2026-03-01,Armley,2\n", "broken changed-header"},
      {"empty file", "", "broken empty-file"},
      {"header alone", "ID,When,Ward\n", ""},
  };
  const auto from = load_good(plain);
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(read_all(from, r.text).results() == r.results);
  }
}

TEST_CASE("a changed header says what is missing, before any row is taken") {
  const auto read = read_all(load_good(plain), std::string{"ID,Wen,Ward\n1,2026-03-01,Armley\n"});
  CHECK(read.rows.empty());
  REQUIRE(read.broken);
  CHECK(read.broken->reason == "the header lacks 'When'; did you mean 'Wen'?");
  CHECK(read.broken_line == 1);
}

TEST_CASE("records without an id are told by several columns together, and none of these is kept") {
  const auto from = load_good(feed_yaml(R"(read: csv
identity: {fingerprint: [When, Cause, Town]}
map: {occurred_at: When}
)"));
  const auto id_of = [&](const std::string& row) {
    const auto read = read_all(from, "When,Cause,Town,Other\n" + row + "\n");
    REQUIRE(read.observations().size() == 1);
    return read.observations().front().key.id.str();
  };
  const auto one = id_of("2026-03-01,heroin toxicity,Armley,x");
  CHECK(one.size() == 34);
  CHECK(one.substr(0, 2) == "r:");
  struct row {
    const char* name;
    std::string text;
    bool same;
  };
  const row rows[] = {
      {"the same again", "2026-03-01,heroin toxicity,Armley,x", true},
      {"a column beside it differs", "2026-03-01,heroin toxicity,Armley,y", true},
      {"another cause", "2026-03-01,fentanyl toxicity,Armley,x", false},
      {"an empty part", "2026-03-01,heroin toxicity,,x", false},
      {"the same words in other columns", "2026-03-01,,heroin toxicity Armley,x", false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK((id_of(r.text) == one) == r.same);
  }
  CHECK(read_all(from, "When,Cause,Town\n2026-03-01,a,\n2026-03-01,,a\n").results() == "2 accepted, 3 accepted");
}

TEST_CASE("an id and a fingerprint do not go together") {
  const auto yaml = feed_yaml("read: csv\nidentity: {id: ID, fingerprint: [When]}\nmap: {occurred_at: When}\n");
  const auto loaded = load(yaml);
  CHECK(loaded.feeds.empty());
  CHECK(render(loaded.found, {{"feed.yaml", yaml}}).find("a fingerprint is for records that have no id") !=
        std::string::npos);
}

TEST_CASE("encodings and delimiters are as the feed says") {
  const auto from = load_good(feed_yaml(R"(read: {csv: {encoding: windows-1252, delimiter: ";"}}
identity: {id: ID}
map: {occurred_at: When}
attributes: {note: Note}
)"));
  const auto read = read_all(from, std::string{"ID;When;Note\n1;2026-03-01;caf\xE9 \x80"
                                               "5\n"});
  REQUIRE(read.results() == "2 accepted");
  CHECK(read.observations().front().attributes.at("note") == "café €5");
}

TEST_CASE("UTF-16 is read by its mark") {
  std::string text = "\xFF\xFE";
  for (const char c : std::string_view{"ID,When,Ward\n1,2026-03-01,Armley\n"}) (text += c) += '\0';
  CHECK(read_all(load_good(plain), text).results() == "2 accepted");
}

TEST_CASE("a file without a header, with title lines above") {
  const auto from = load_good(feed_yaml(R"(read: {csv: {header: [ID, When], skip_lines: 2, delimiter: tab}}
identity: {id: ID}
map: {occurred_at: When}
)"));
  CHECK(read_all(from, std::string{"Weekly export\n\n1\t2026-03-01\n"}).results() == "3 accepted");
}
