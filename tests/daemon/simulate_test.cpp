// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/ambulance_export.hpp"
#include "daemon/simulate/city.hpp"
#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/dice.hpp"
#include "daemon/simulate/drug_tests.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include <boost/json.hpp>

using namespace forewarn;
using namespace forewarn::simulate;

namespace {

area_table three_wards() {
  problems found;
  auto table = parse_areas({{"a.yaml", R"(areas:
  - {code: L1, name: Leeds, level: lad}
  - {code: W1, name: Armley, level: ward, parent: L1, population: 23000}
  - {code: W2, name: Beeston & Holbeck, level: ward, parent: L1, population: 28000}
  - {code: W3, name: Not counted, level: ward, parent: L1}
)"}},
                           found);
  REQUIRE(found.empty());
  return table;
}

const zone london = *zone::named("Europe/London");

plan fortnight(std::uint64_t seed) {
  plan out;
  out.seed = seed;
  out.from = *read_day("2026-03-20"); // the clocks go forward on the 29th
  out.until = *read_day("2026-04-03");
  return out;
}

city built(const plan& wanted, const area_table& areas) {
  auto out = build_city(wanted, areas, area_code{"L1"}, london);
  REQUIRE(out.has_value());
  return std::move(*out);
}

std::string all_text(const plan& wanted, const area_table& areas) {
  const auto of = built(wanted, areas);
  std::string out;
  for (const auto& night : ambulance_exports(wanted, of, areas)) out += night.name + '\n' + night.text;
  return out + drug_tests(wanted, of, areas).text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t from = 0, end = 0; (end = text.find("\r\n", from)) != text.npos; from = end + 2)
    out.push_back(text.substr(from, end - from));
  return out;
}

} // namespace

TEST_CASE("one seed writes the same city, another seed another one") {
  const auto areas = three_wards();
  CHECK(all_text(fortnight(7), areas) == all_text(fortnight(7), areas));
  CHECK(all_text(fortnight(7), areas) != all_text(fortnight(8), areas));
}

TEST_CASE("dice fall as told") {
  dice luck{3, "test"};
  int sum = 0;
  std::array<int, 3> hits{};
  for (int i = 0; i < 20'000; ++i) {
    sum += luck.poisson(3.5);
    ++hits[luck.weighted(std::array{1.0, 0.0, 3.0})];
  }
  CHECK(sum / 20'000.0 == doctest::Approx(3.5).epsilon(0.03));
  CHECK(hits[1] == 0);
  CHECK(hits[2] / 20'000.0 == doctest::Approx(0.75).epsilon(0.03));
  CHECK(luck.poisson(0) == 0);
  CHECK(luck.poisson(2000) == doctest::Approx(2000).epsilon(0.15));
}

TEST_CASE("the truth counts the rows that the files hold") {
  const auto areas = three_wards();
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const auto wanted = fortnight(seed);
    const auto nights = ambulance_exports(wanted, built(wanted, areas), areas);
    REQUIRE(nights.size() == 14);
    std::set<std::string> seen;
    for (const auto& night : nights) {
      const auto lines = lines_of(night.text);
      REQUIRE(lines.size() == static_cast<std::size_t>(night.counts.rows) + 1);
      CHECK(lines[0].starts_with("\xEF\xBB\xBF"
                                 "Call ID,"));
      int again = 0;
      int cancelled = 0;
      int unusable = 0;
      for (std::size_t i = 1; i < lines.size(); ++i) {
        if (!lines[i].starts_with('C'))
          ++unusable;
        else if (!seen.insert(lines[i]).second)
          ++again;
        else if (lines[i].ends_with("Cancelled"))
          ++cancelled;
      }
      CHECK(again == night.counts.duplicate);
      CHECK(cancelled == night.counts.cancelled);
      CHECK(unusable == night.counts.unusable);
    }
  }
}

TEST_CASE("the outbreak is where and when it was asked for") {
  const auto areas = three_wards();
  auto wanted = fortnight(5);
  wanted.outbreak_ward = "beeston and holbeck";
  wanted.outbreak_cases = 9;
  const auto of = built(wanted, areas);
  int cases = 0;
  for (const auto& one : of.calls) {
    CHECK(one.at >= wanted.from);
    CHECK(one.at < wanted.until);
    CHECK(areas.row(one.ward).population.has_value());
    CHECK((london.to_instant(one.at).how != civil_resolution::missing));
    if (!one.in_outbreak) continue;
    ++cases;
    CHECK(areas.row(one.ward).code.str() == "W2");
    CHECK(one.at >= wanted.until - std::chrono::hours{9});
    CHECK(one.outcome != "Cancelled");
  }
  CHECK(cases == 9);
  const auto samples = boost::json::parse(drug_tests(wanted, of, areas).text).at("samples").as_array();
  CHECK(boost::json::serialize(samples.back()).find("protonitazene") != std::string::npos);
}

TEST_CASE("without an outbreak nothing of it is there, and the rest is the same") {
  const auto areas = three_wards();
  auto quiet = fortnight(5);
  quiet.outbreak = false;
  const auto without = built(quiet, areas);
  auto with = built(fortnight(5), areas);
  std::erase_if(with.calls, [](const call& one) { return one.in_outbreak; });
  REQUIRE(without.calls.size() == with.calls.size());
  for (std::size_t i = 0; i < with.calls.size(); ++i) CHECK(with.calls[i].patient == without.calls[i].patient);
  CHECK(drug_tests(quiet, without, areas).text.find("nitazene") == std::string::npos);
}

TEST_CASE("two calls of one emergency share an incident, no others do") {
  const auto areas = three_wards();
  const auto of = built(fortnight(11), areas);
  std::size_t shared = 0;
  for (std::size_t i = 0; i < of.calls.size(); ++i)
    for (std::size_t j = i + 1; j < of.calls.size(); ++j)
      if (of.calls[i].incident == of.calls[j].incident) {
        ++shared;
        CHECK(of.calls[i].ward == of.calls[j].ward);
        CHECK(of.calls[j].at - of.calls[i].at <= std::chrono::minutes{64}); // four, and the hour that was skipped
      }
  CHECK(shared > 0);
}

TEST_CASE("a city that cannot be built says why") {
  const auto areas = three_wards();
  auto wanted = fortnight(1);
  wanted.outbreak_ward = "Armly";
  CHECK(build_city(wanted, areas, area_code{"L1"}, london).error() ==
        "no ward is called 'Armly'; did you mean 'Armley'?");
  CHECK(build_city(fortnight(1), area_table{}, {}, london).error().find("areas/") != std::string::npos);
}

TEST_CASE("days and times are read and written as people write them") {
  CHECK(day_first(*read_day_or_time("2026-02-01T09:05")) == "01/02/2026 09:05");
  CHECK(iso_day(*read_day("2026-02-01")) == "2026-02-01");
  for (const char* bad : {"", "2026-02-30", "01/02/2026", "2026-02-01T25:00", "2026-02-01T09:05Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_day(bad).has_value());
    CHECK_FALSE(read_day_or_time(bad).has_value());
  }
}
