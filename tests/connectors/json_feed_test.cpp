// SPDX-License-Identifier: Apache-2.0
// JSON and NDJSON as partners send them: pointers into records, long numbers, what ends a document and what costs a
// line; and gzip around them, cut, joined and damaged.
#include "feed_fixture.hpp"
#include "support/gzipped.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;
using forewarn::test::gzipped;

namespace {

feed json_feed(const std::string& read) {
  return load_good(feed_yaml("read: " + read + R"(
identity: {id: id}
map: {occurred_at: at}
attributes: {deep: {column: /a/b/1/c, optional: true}, odd: {column: "/x~1y/~0", optional: true}, list: {column: tags, optional: true}}
)"));
}

std::string attribute(const read_result& read, const std::string& name) {
  const auto seen = read.observations();
  if (seen.empty()) return "?";
  const auto& all = seen.front().attributes;
  const auto it = all.find(name);
  return it == all.end() ? "-" : it->second;
}

} // namespace

TEST_CASE("members of records: pointers, escapes, lists, numbers as they were written") {
  struct row {
    const char* name;
    const char* record;
    const char* id;
    const char* deep;
    const char* odd;
    const char* list;
  };
  const row rows[] = {
      {"into objects and lists", R"({"id":"1","at":"2026-03-01","a":{"b":[{},{"c":"x"}]}})", "1", "x", "-", "-"},
      {"escaped pointers", R"({"id":"1","at":"2026-03-01","x/y":{"~":"tilde"}})", "1", "-", "tilde", "-"},
      {"a list of plain values", R"({"id":"1","at":"2026-03-01","tags":["a","b",3]})", "1", "-", "-", "a, b, 3"},
      {"a longer number than any type", R"({"id":123456789012345678901234567890,"at":"2026-03-01"})",
       "123456789012345678901234567890", "-", "-", "-"},
      {"digits behind the point stay", R"({"id":"1","at":"2026-03-01","a":{"b":[0,{"c":1.50}]}})", "1", "1.50", "-",
       "-"},
      {"a huge exponent", R"({"id":"1","at":"2026-03-01","a":{"b":[0,{"c":1e999}]}})", "1", "1e999", "-", "-"},
      {"escapes in text", R"({"id":"\u0031","at":"2026-03-01","a":{"b":[0,{"c":"caf\u00e9 \ud83d\ude00"}]}})", "1",
       "café 😀", "-", "-"},
      {"null is not given", R"({"id":"1","at":"2026-03-01","a":null,"tags":null})", "1", "-", "-", "-"},
      {"a member twice: the later one", R"({"id":"0","id":"1","at":"2026-03-01"})", "1", "-", "-", "-"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    for (const bool lines : {false, true}) {
      CAPTURE(lines);
      const auto read = read_all(json_feed(lines ? "ndjson" : "json"), std::string{r.record} + "\n");
      REQUIRE(read.observations().size() == 1);
      CHECK(read.observations().front().key.id.str() == r.id);
      CHECK(attribute(read, "deep") == r.deep);
      CHECK(attribute(read, "odd") == r.odd);
      CHECK(attribute(read, "list") == r.list);
    }
  }
}

TEST_CASE("what ends a document, and what costs a record") {
  struct row {
    const char* name;
    std::string text;
    const char* results;
  };
  const std::string good = R"({"id":"1","at":"2026-03-01"})";
  const row rows[] = {
      {"a list", "[" + good + "," + good + "]", "1 accepted, 2 accepted"},
      {"one object", good, "1 accepted"},
      {"a record that is none", "[" + good + ",7," + good + "]", "1 accepted, 2 not-a-record, 3 accepted"},
      {"null among records", "[null," + good + "]", "1 not-a-record, 2 accepted"},
      {"cut in the middle", "[" + good + ",{\"id\":\"2\"", "1 accepted; broken bad-json"},
      {"cut in a string", "[" + good + ",{\"id\":\"2", "1 accepted; broken bad-json"},
      {"text after the end", "[" + good + "] x", "1 accepted; broken bad-json"},
      {"a second document", good + "\n" + good, "1 accepted; broken bad-json"},
      {"NaN", "[{\"id\":NaN}]", "broken bad-json"},
      {"empty", "", "broken empty-file"},
      {"blanks", " \n ", "broken empty-file"},
      {"no list", "7", "broken no-records"},
      {"an empty list is a quiet day", "[]", ""},
      {"not UTF-8", "[{\"id\":\"caf\xE9\",\"at\":\"2026-03-01\"}]", "broken bad-json"},
      {"a NUL in a value", R"([{"id":"1\u0000","at":"2026-03-01"}])", "1 nul-byte"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    CHECK(read_all(json_feed("json"), r.text).results() == r.results);
  }
}

TEST_CASE("in NDJSON a bad line costs that line") {
  const std::string good = R"({"id":"1","at":"2026-03-01"})";
  const auto read =
      read_all(json_feed("ndjson"),
               good + "\n{\"id\":\n\n" + good + " x\n[1]\n\"text\"\n{\"id\":\"caf\xE9\"}\n" + good + "\r\n" + good);
  CHECK(read.results() ==
        "1 accepted, 2 bad-json, 4 bad-json, 5 not-a-record, 6 not-a-record, 7 bad-json, 8 accepted, 9 accepted");
}

TEST_CASE("deep nesting ends the document and nothing else") {
  const auto read =
      read_all(json_feed("json"), "[{\"id\":\"1\",\"at\":\"2026-03-01\",\"a\":" + std::string(100'000, '[') +
                                      std::string(100'000, ']') + "}]");
  CHECK(read.results() == "broken bad-json");
}

TEST_CASE("gzip: several members in a row, cut short, damaged, and not gzip at all") {
  const std::string head = "ID,When\n";
  const auto from = load_good(feed_yaml("read: csv\nidentity: {id: ID}\nmap: {occurred_at: When}\n"));
  std::string rows;
  for (int i = 0; i < 5'000; ++i) rows += std::to_string(i * 7919) + ",2026-03-01\n";
  const auto whole = gzipped(head + rows);

  CHECK(read_all(from, whole).rows.size() == 5'000);
  CHECK(read_all(from, gzipped(head) + gzipped("1,2026-03-01\n") + gzipped("2,2026-03-01\n")).results() ==
        "2 accepted, 3 accepted");

  const auto cut = read_all(from, whole.substr(0, whole.size() / 2));
  REQUIRE(cut.broken);
  CHECK(cut.broken->code == "truncated-gzip");
  CHECK_FALSE(cut.rows.empty());
  CHECK(cut.rows.size() < 5'000);

  auto damaged = whole;
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1); // its checksum
  CHECK(read_all(from, damaged).broken);

  CHECK(read_all(from, whole.substr(0, 3)).broken);
  CHECK(read_all(from, std::string{"\x1f\x8bnot gzip"}).broken);
}
