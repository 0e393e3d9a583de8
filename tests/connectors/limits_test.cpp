// SPDX-License-Identifier: Apache-2.0
// Files without measure: what is too large is refused in little memory, and the reason names the limit and what to do.
#include "connectors/formats/limits.hpp"
#include "feed_fixture.hpp"
#include "support/gzipped.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;

namespace {

feed reading(const std::string& how) {
  return load_good(feed_yaml("read: " + how + R"(
identity: {id: ID}
map: {occurred_at: When}
attributes: {note: {column: Note, optional: true}}
)"));
}

// `head`, then `unit` over and over up to `size` bytes, then `tail`: of any size, in no memory.
byte_source endless(std::string head, std::string unit, std::size_t size, std::string tail) {
  return [head = std::move(head), unit = std::move(unit), tail = std::move(tail), size,
          at = std::size_t{0}](char* buffer, std::size_t room) mutable {
    const auto whole = head.size() + size + tail.size();
    const auto count = std::min(room, whole - at);
    for (std::size_t i = 0; i < count; ++i, ++at) {
      if (at < head.size())
        buffer[i] = head[at];
      else if (at < head.size() + size)
        buffer[i] = unit[(at - head.size()) % unit.size()];
      else
        buffer[i] = tail[at - head.size() - size];
    }
    return count;
  };
}

std::string reason_of(const read_result& read) {
  for (const auto& row : read.rows)
    if (const auto* why = std::get_if<rejected>(&row.what)) return why->reason;
  return read.broken ? read.broken->reason : "";
}

} // namespace

TEST_CASE("what has no end costs its row or stops the file, and the reason names the limit") {
  constexpr std::size_t much = std::size_t{3} << 20U;
  const std::string csv_head = "ID,When,Note\n";
  const std::string good = "\n9,2026-03-01,ok\n";
  const std::string json_good = R"({"ID":"9","When":"2026-03-01"})";
  struct row {
    const char* name;
    const char* read;
    byte_source bytes;
    const char* results;
    const char* says;
  };
  const row rows[] = {
      {"an endless line", "csv", endless(csv_head + "1,2026-03-01,", "x", much, good), "2 too-long, 3 accepted",
       "1 MiB"},
      {"an endless quoted field", "csv", endless(csv_head + "1,2026-03-01,\"", "x", much, good),
       "2 unclosed-quote, 3 accepted", "1 MiB"},
      {"an endless header", "csv", endless("ID,When,", "x", much, good), "broken changed-header", "1 MiB"},
      {"only NULs", "csv", endless("", std::string(1, '\0'), much, ""), "broken nul-byte", "not written to its end"},
      {"UTF-16 without a mark", "csv", endless(std::string("I\0D\0,\0W\0h\0e\0n\0\n\0", 16), "", 0, ""),
       "broken nul-byte", "encoding: utf-16"},
      {"more columns than anybody has", "csv", endless("ID,When", ",c", 2 * limits::columns, good),
       "broken too-many-columns", "20000 are the most"},
      {"an endless line of NDJSON", "ndjson",
       endless(R"({"ID":"1","When":"2026-03-01","Note":")", "x", much, "\"}\n" + json_good + "\n"),
       "1 too-long, 2 accepted", "1 MiB"},
      {"an endless value", "json",
       endless(R"([{"ID":"1","When":"2026-03-01","Note":")", "x", much, "\"}," + json_good + "]"),
       "1 too-long, 2 accepted", "64 KiB"},
      {"an endless list of values", "json",
       endless(R"([{"ID":"1","When":"2026-03-01","Note":[")", R"(x",")", much, "y\"]}," + json_good + "]"),
       "1 too-long, 2 accepted", "64 KiB"},
      {"NULs in place of JSON", "json", endless("", std::string(1, '\0'), much, ""), "broken bad-json",
       "not written to its end"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto read = read_all(reading(r.read), r.bytes);
    CHECK(read.results() == r.results);
    CAPTURE(reason_of(read));
    CHECK(reason_of(read).find(r.says) != std::string::npos);
  }
}

TEST_CASE("ten thousand columns are read") {
  std::string text = "ID,When";
  for (int i = 0; i < 10'000; ++i) text += ",c" + std::to_string(i);
  text += "\n1,2026-03-01" + std::string(10'000, ',') + "\n2,2026-03-01,short\n";
  CHECK(read_all(reading("csv"), text).results() == "2 accepted, 3 wrong-columns");
}

TEST_CASE("refused rows below a long header leave their batch small") {
  std::string text = "ID,When";
  for (int i = 0; i < 10'000; ++i) text += ",c" + std::to_string(i);
  text += '\n';
  for (int i = 0; i < 2'000; ++i) text += "1,2026-03-01,short\n";
  const auto from = reading("csv");
  const auto stream = read_rows(from, from_text(text), read_options{"", instant{}});
  bool more = true;
  std::size_t rows = 0;
  while (more) {
    std::vector<taken_row> some;
    more = stream->next(some, 1'000);
    rows += some.size();
    std::size_t raw = 0;
    for (const auto& row : some) raw += row.raw.reveal().size();
    CHECK(raw < std::size_t{5} << 20U);
  }
  CHECK(rows == 2'000);
}

TEST_CASE("a gzip bomb is refused soon, an honest file is not") {
  const auto from = reading("csv");
  const auto bomb = read_all(from, test::gzipped(std::string(std::size_t{100} << 20U, 'x')));
  REQUIRE(bomb.broken);
  CHECK(bomb.broken->code == "gzip-bomb");
  CHECK(bomb.broken->reason.find("200 times") != std::string::npos);
  CHECK(read_all(from, test::gzipped(std::string(std::size_t{2} << 20U, 'x'))).results() == "broken changed-header");
}

TEST_CASE("UTF-16 without a mark is read where the feed says so") {
  const auto from = reading("{csv: {encoding: utf-16}}");
  std::string little, big;
  for (const char c : std::string_view{"ID,When\n1,2026-03-01\n"}) {
    (little += c) += '\0';
    (big += '\0') += c;
  }
  CHECK(read_all(from, little).results() == "2 accepted");
  CHECK(read_all(from, big).results() == "2 accepted");
}
