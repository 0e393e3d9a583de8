// SPDX-License-Identifier: Apache-2.0
// Two real files, configured by YAML alone: every row accounted for, nothing personal let in.
#include "feed_fixture.hpp"
#include "shipped_reference.hpp"
#include "support/shared_data.hpp"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

using namespace forewarn;
using namespace forewarn::connectors;
using namespace forewarn::connectors::testing;

namespace {

feed load_fixture(const std::string& path) {
  const auto files = texts_of(path);
  auto loaded = load_feeds(files, shipped_reference(), {sensitive<std::string>{"a key for tests"}});
  REQUIRE_MESSAGE(loaded.feeds.size() == 1, render(loaded.found, files));
  return loaded.feeds.front();
}

std::map<std::string, int> counts(const read_result& read) {
  std::map<std::string, int> out;
  for (const auto& row : read.rows) {
    const auto* why = std::get_if<rejected>(&row.what);
    ++out[why != nullptr ? why->code : std::holds_alternative<unselected>(row.what) ? "unselected" : "accepted"];
  }
  return out;
}

std::string unpacked(const std::filesystem::path& path) {
  std::string out;
  const auto bytes = open_file(path);
  std::array<char, 64 * 1024> buffer{};
  while (const auto count = bytes(buffer.data(), buffer.size())) out.append(buffer.data(), count);
  return out;
}

void check_same_unpacked(const feed& from, const std::filesystem::path& path, const read_result& packed) {
  const auto plain = read_all(from, unpacked(path));
  REQUIRE(plain.rows.size() == packed.rows.size());
  CHECK(plain.observations() == packed.observations());
}

} // namespace

TEST_CASE("WEDINOS 2024: every record is taken, names stay whole, sentinels are no substances") {
  const auto path = forewarn::testing::shared_data("data/drugtests/wedinos_2024.json.gz");
  if (!path) return;
  const auto from = load_fixture("tests/connectors/feeds/wedinos.yaml");
  const auto read = read_all(from, open_file(*path));
  CHECK_FALSE(read.broken);
  CHECK(read.rows.size() == 6'025);
  CHECK(counts(read) == std::map<std::string, int>{{"accepted", 6'025}});

  std::set<std::string> seen;
  std::set<std::string> areas;
  std::size_t placed = 0;
  const RE2 full_postcode{R"((?i)\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b)"};
  for (const auto& one : read.observations()) {
    CHECK_FALSE(RE2::PartialMatch(to_json(one), full_postcode));
    for (const auto& s : one.substances) seen.insert(s.str());
    if (one.area) {
      areas.insert(one.area->str());
      ++placed;
    }
  }
  CHECK(areas == std::set<std::string>{"E92000001", "W92000004", "S92000003", "N92000002"});
  CHECK(placed > 5'900); // the rest is "NA", "Arr...", a slip of the pen
  for (const char* no_substance : {"array", "no-active-component-identified",
                                   "unknown-insufficient-sample-for-further-analysis", "3", "4", "2", "n"}) {
    CAPTURE(no_substance);
    CHECK(seen.count(no_substance) == 0);
  }
  CHECK(seen.count("no-active-component") == 1); // a laboratory's answer, which names no substance
  for (const char* fragment : {"2-bromo-4", "5-dimethoxyphenethylamine", "4-dinitrophenol", "dinitrophenol", "5",
                               "trimethoxyamphetamine", "5-trimethoxyamphetamine"}) {
    CAPTURE(fragment);
    CHECK(seen.count(fragment) == 0);
  }
  const auto first = std::find_if(read.rows.begin(), read.rows.end(), [](const taken_row& r) {
    const auto* one = std::get_if<observation>(&r.what);
    return one != nullptr && one->key.id.str() == "W060060";
  });
  REQUIRE(first != read.rows.end());
  CHECK(format_rfc3339(std::get<observation>(first->what).occurred_at) == "2024-12-04T00:00:00Z");
  check_same_unpacked(from, *path, read);
}

TEST_CASE("Cincinnati 2017-2019: duplicate, cancelled and false calls do not count, disregarded ones do") {
  const auto path = forewarn::testing::shared_data("data/ems/cincinnati_heroin_ems_2017-01-01_2019-02-09.csv.gz");
  if (!path) return;
  const auto from = load_fixture("tests/connectors/feeds/cincinnati.yaml");
  const auto read = read_all(from, open_file(*path));
  CHECK_FALSE(read.broken);
  CHECK(read.rows.size() == 4'876);
  CHECK(counts(read) == std::map<std::string, int>{{"accepted", 4'270}, {"unselected", 606}});
  // The change of vocabulary on 2017-01-24 loses nothing.
  for (const auto& one : read.observations()) REQUIRE(one.substances == std::vector{substance_id{"heroin"}});
  const auto first = read.observations().front();
  CHECK(first.key.id.str() == "FCF170122000135");
  CHECK(format_rfc3339(first.occurred_at) == "2017-01-22T21:35:32Z"); // 04:35:32 PM, five hours behind UTC
  check_same_unpacked(from, *path, read);
}
