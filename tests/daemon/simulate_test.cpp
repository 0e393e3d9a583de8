// SPDX-License-Identifier: Apache-2.0
#include "connectors/shipped_reference.hpp"
#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/daily_life.hpp"
#include "daemon/simulate/observe.hpp"
#include "daemon/simulate/past.hpp"

#include "daemon/settings.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <boost/json.hpp>

using namespace forewarn;
using namespace forewarn::simulate;

namespace {

area_table three_wards() {
  problems found;
  auto table = parse_areas({{"a.yaml", R"(areas:
  - {code: L1, name: Leeds, level: lad, population: 61000}
  - {code: W1, name: Armley, level: ward, parent: L1, population: 23000}
  - {code: W2, name: Beeston & Holbeck, level: ward, parent: L1, population: 28000}
  - {code: W3, name: Not counted, level: ward, parent: L1}
)"}},
                           found);
  REQUIRE(found.empty());
  return table;
}

const zone london = *zone::named("Europe/London");

// The clocks go forward on the 29th. As busy as a city, though the wards are three.
plan fortnight(std::uint64_t seed) {
  plan out;
  out.seed = seed;
  out.scale = 15;
  out.from = *read_day("2026-03-20");
  out.until = *read_day("2026-04-03");
  return out;
}

plan with_outbreak(std::uint64_t seed, const std::string& text) {
  auto out = fortnight(seed);
  out.outbreaks.push_back(*read_outbreak(text));
  return out;
}

struct played {
  std::vector<sent_file> files;
  past_truth truth;
  setting_of_past of;

  [[nodiscard]] std::string all_text(std::string_view feed = {}) const {
    std::string out;
    for (const auto& file : files)
      if (feed.empty() || file.feed == feed) out += file.name + '\n' + file.text;
    return out;
  }
};

played run(const plan& wanted, const area_table& areas = three_wards()) {
  auto of = prepare(wanted, areas, {}, london);
  REQUIRE_MESSAGE(of.has_value(), (of ? "" : of.error()));
  played out{{}, {}, std::move(*of)};
  out.truth = play(out.of, london, [&](const sent_file& file) { out.files.push_back(file); });
  return out;
}

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t out = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + what.size())) ++out;
  return out;
}

} // namespace

TEST_CASE("simulate: one seed writes the same bytes, another seed others") {
  CHECK(run(fortnight(7)).all_text() == run(fortnight(7)).all_text());
  CHECK(run(fortnight(7)).all_text() != run(fortnight(8)).all_text());
}

TEST_CASE("simulate: the dice are the same on every machine") {
  dice luck{42, "test", 3};
  CHECK(luck.next() == 12331781285529708384ULL);
  CHECK(luck.poisson(20) == 17);
  CHECK(dice{1}.next() != dice{2}.next());
  CHECK(dice{1, "a"}.next() != dice{1, "b"}.next());
  CHECK(dice{1, "a", 1}.next() != dice{1, "a", 2}.next());
  for (const double x : {-500.0, -20.5, -1.0, -0.3, 0.0, 0.7, 1.0, 2.2}) {
    CAPTURE(x);
    CHECK(exponential(x) == doctest::Approx(std::exp(x)).epsilon(1e-11));
  }
}

TEST_CASE("simulate: dice fall as told") {
  dice luck{3, "test"};
  const std::array weights{1.0, 0.0, 3.0};
  const wheel drawn{weights};
  int sum = 0;
  std::array<int, 3> hits{};
  std::array<int, 3> wheel_hits{};
  for (int i = 0; i < 20'000; ++i) {
    sum += luck.poisson(3.5);
    ++hits[luck.weighted(weights)];
    ++wheel_hits[drawn.draw(luck)];
  }
  CHECK(sum / 20'000.0 == doctest::Approx(3.5).epsilon(0.03));
  CHECK(hits[1] == 0);
  CHECK(wheel_hits[1] == 0);
  CHECK(hits[2] / 20'000.0 == doctest::Approx(0.75).epsilon(0.03));
  CHECK(wheel_hits[2] / 20'000.0 == doctest::Approx(0.75).epsilon(0.03));
  CHECK(luck.poisson(0) == 0);
  CHECK(luck.poisson(2000) == doctest::Approx(2000).epsilon(0.15));
}

TEST_CASE("simulate: the truth counts the rows that the files hold") {
  std::int64_t duplicates = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    const auto past = run(fortnight(seed));
    std::set<std::string> seen;
    for (const auto& file : past.files) {
      if (file.feed != "ambulance") continue;
      CAPTURE(file.name);
      CHECK(file.text.starts_with("\xEF\xBB\xBF"
                                  "Call ID,"));
      std::vector<std::string> lines;
      for (std::size_t from = 0, end = 0; (end = file.text.find("\r\n", from)) != file.text.npos; from = end + 2)
        lines.push_back(file.text.substr(from, end - from));
      REQUIRE(lines.size() == static_cast<std::size_t>(file.counts.rows) + 1);
      std::int64_t again = 0, cancelled = 0, unusable = 0;
      for (std::size_t i = 1; i < lines.size(); ++i) {
        if (!lines[i].starts_with('C'))
          ++unusable;
        else if (!seen.insert(lines[i]).second)
          ++again;
        else if (lines[i].ends_with("Cancelled"))
          ++cancelled;
      }
      CHECK(again == file.counts.duplicate);
      CHECK(cancelled == file.counts.cancelled);
      CHECK(unusable == file.counts.unusable);
    }
    const auto& calls = past.truth.by_feed.at("ambulance");
    CHECK(calls.late > 0);
    CHECK(calls.revised > 0);
    duplicates += calls.duplicate;
  }
  CHECK(duplicates > 0);
}

TEST_CASE("simulate: the shipped feeds read every file; what they refuse is what was made unusable") {
  auto known = std::make_shared<reference_data>(*connectors::testing::shipped_reference());
  auto wanted = fortnight(4);
  wanted.scale = 10;
  for (const auto& kind : outbreak_kinds)
    wanted.outbreaks.push_back(*read_outbreak(std::string{kind.name} + ",area=Armley"));
  auto of = prepare(wanted, known->areas, area_code{"E08000035"}, known->local_zone);
  REQUIRE(of.has_value());
  problems found;
  known->sites = parse_sites({{"sites.yaml", sites_as_yaml(of->land, known->areas)}}, known->areas, found);
  const auto loaded = connectors::load_feeds(connectors::testing::texts_of("etc/feeds.d"), known,
                                             {sensitive<std::string>{"a key for tests"}});
  CHECK(found.empty());
  CHECK(loaded.found.empty());
  for (const auto feed : feed_ids) {
    CAPTURE(feed);
    auto one = *of;
    one.wanted.feeds = {std::string{feed}};
    std::size_t placed = 0, sites = 0, drugs = 0, all = 0;
    observer reader{loaded.feeds, known->local_zone, [&](const observation& seen) {
                      ++all;
                      if (seen.ward || seen.lad || seen.site) ++placed;
                      if (seen.site) ++sites;
                      if (!seen.substances.empty()) ++drugs;
                      CHECK(seen.occurred_at <= seen.received_at + std::chrono::minutes{10});
                    }};
    const auto truth = play(one, known->local_zone, [&](const sent_file& file) { reader.read(file); });
    CHECK(reader.complaints().empty());
    CHECK(reader.refused() == truth.by_feed.at(std::string{feed}).unusable);
    CHECK(all > 10);
    CHECK(placed > all * 9 / 10);
    CHECK(drugs > all / 3);
    if (feed == "custody") CHECK(sites == all);
    if (feed == "ambulance") CHECK(sites > all / 20);
  }
}

TEST_CASE("simulate: an outbreak is where and when it was asked for") {
  const auto past = run(with_outbreak(5, "strong-batch,area=beeston and holbeck,cases=9,at=2026-03-30T14:00"));
  const auto& of = past.of.outbreaks.front();
  CHECK(of.incidents.size() == 9);
  for (const auto& one : of.incidents) {
    CHECK(one.place == of.place);
    CHECK(one.at >= *read_day_or_time("2026-03-30T14:00"));
    CHECK(one.at < *read_day_or_time("2026-03-30T23:00"));
  }
  std::map<std::string, int> rows;
  for (const auto& row : past.truth.outbreak_rows.front()) ++rows[row.feed];
  CHECK(rows["ambulance"] == 9);
  CHECK(rows["attendances"] >= 8);
  CHECK(rows["drug-tests"] == 1);
  CHECK(past.all_text("drug-tests").find("protonitazene") != std::string::npos);
  const auto truth = boost::json::parse(truth_as_json(past.of, past.truth, three_wards(), london));
  CHECK(truth.at("outbreaks").at(0).at("ward") == "W2");
  CHECK(truth.at("outbreaks").at(0).at("first") == "2026-03-30T13:00:00Z");
}

TEST_CASE("simulate: every kind of outbreak shows in the feeds that it is known by") {
  struct row {
    const char* name;
    std::vector<std::string> feeds;
    bool has_site;
  };
  const row table[] = {
      {"strong-batch", {"ambulance", "attendances", "drug-tests"}, false},
      {"counterfeit", {"ambulance", "attendances", "drug-tests", "deaths"}, false},
      {"site-cluster", {"ambulance", "attendances"}, true},
      {"festival", {"ambulance", "attendances", "drug-tests"}, true},
      {"prison", {"custody", "ambulance"}, true},
      {"spice", {"ambulance", "attendances"}, false},
      {"tablets", {"ambulance", "attendances", "drug-tests"}, false},
      {"school", {"ambulance", "attendances"}, false},
  };
  CHECK(std::size(table) == outbreak_kinds.size());
  for (const auto& row : table) {
    CAPTURE(row.name);
    auto wanted = with_outbreak(2, row.name);
    wanted.outbreaks.front().at = *read_day("2026-03-22");
    const auto past = run(wanted);
    std::set<std::string> seen;
    for (const auto& found : past.truth.outbreak_rows.front()) seen.insert(found.feed);
    for (const auto& feed : row.feeds) {
      CAPTURE(feed);
      CHECK(seen.contains(feed));
    }
    CHECK(past.of.outbreaks.front().site.has_value() == row.has_site);
  }
}

TEST_CASE("simulate: an outbreak changes nothing of the ordinary days") {
  const auto quiet = run(fortnight(5)).all_text("ambulance");
  const auto with = run(with_outbreak(5, "strong-batch"));
  std::set<std::string> of_the_outbreak;
  for (const auto& row : with.truth.outbreak_rows.front()) of_the_outbreak.insert(row.id);
  std::string left;
  const auto text = with.all_text("ambulance");
  for (std::size_t from = 0, end = 0; from < text.size(); from = end + 1) {
    end = std::min(text.find('\n', from), text.size());
    const auto line = text.substr(from, end - from + 1);
    if (!of_the_outbreak.contains(line.substr(0, line.find(',')))) left += line;
  }
  // An unusable row beside a case stays; no other line differs.
  CHECK(left.size() < quiet.size() + 300);
  CHECK(count_of(left, "PT") >= count_of(quiet, "PT"));
  CHECK(quiet.find("stronger than usual") == std::string::npos);
  CHECK(run(fortnight(5)).all_text("drug-tests").find("nitazene") == std::string::npos);
}

TEST_CASE("simulate: a longer past holds a shorter one") {
  auto longer = fortnight(6);
  longer.from = *read_day("2025-12-01");
  std::map<std::string, std::string> files;
  for (const auto& file : run(longer).files) files[file.name] = file.text;
  int same = 0;
  for (const auto& file : run(fortnight(6)).files) {
    if (file.feed != "ambulance" || file.name < "ambulance-2026-03-25") continue; // four days: the latest call
    CHECK(files.at(file.name) == file.text);
    ++same;
  }
  CHECK(same == 9);
}

TEST_CASE("simulate: a silent feed says everything once it is back") {
  auto wanted = fortnight(3);
  wanted.outages.push_back(*read_outage("ambulance,from=2026-03-25T12:00,until=2026-03-28T06:00"));
  const auto silent = run(wanted);
  const auto usual = run(fortnight(3));
  std::set<std::string> names;
  for (const auto& file : silent.files) names.insert(file.name);
  CHECK(names.contains("ambulance-2026-03-24.csv"));
  CHECK_FALSE(names.contains("ambulance-2026-03-25.csv"));
  CHECK_FALSE(names.contains("ambulance-2026-03-26.csv"));
  CHECK_FALSE(names.contains("ambulance-2026-03-27.csv") == names.contains("ambulance-2026-03-28.csv"));
  CHECK(silent.truth.by_feed.at("ambulance").rows == usual.truth.by_feed.at("ambulance").rows);
  CHECK(silent.all_text("attendances") == usual.all_text("attendances"));
}

TEST_CASE("simulate: files come in the order of time, call-outs as often as asked for") {
  auto wanted = fortnight(9);
  wanted.call_outs_every = std::chrono::minutes{60};
  wanted.until = *read_day_or_time("2026-04-02T21:30");
  const auto past = run(wanted);
  civil_time last{};
  int hourly = 0;
  for (const auto& file : past.files) {
    CHECK(file.handed_over >= last);
    CHECK(file.handed_over <= wanted.until);
    last = file.handed_over;
    if (file.feed == "ambulance") ++hourly;
  }
  CHECK(hourly == 13 * 24 + 22);
  CHECK(past.files.front().name == "ambulance-2026-03-20T00-00.csv");
}

TEST_CASE("simulate: two calls of one emergency share an incident; no time falls into the missing hour") {
  const auto land = *survey(three_wards(), {}, 11);
  const daily_life life{land, 11, 40, london};
  int twice = 0;
  for (auto at = *read_day("2026-03-28"); at < *read_day("2026-03-31"); at += std::chrono::days{1})
    for (const auto& one : life.day(at).incidents) {
      if (one.callers == 2) ++twice;
      CHECK((london.to_instant(one.at).how != civil_resolution::missing));
    }
  CHECK(twice > 0);
}

TEST_CASE("simulate: evenings are six times as busy as the hours before dawn, and regulars come again") {
  const auto land = *survey(three_wards(), {}, 12);
  const daily_life life{land, 12, 100, london};
  std::array<int, 24> hours{};
  std::map<std::uint32_t, int> people;
  for (auto at = *read_day("2026-05-04"); at < *read_day("2026-06-01"); at += std::chrono::days{1})
    for (const auto& one : life.day(at).incidents) {
      ++hours.at(static_cast<std::size_t>((one.at - at) / std::chrono::hours{1}));
      if (one.who.number != 0) ++people[one.who.number];
    }
  const auto evening = hours[20] + hours[21] + hours[22];
  const auto dawn = hours[4] + hours[5] + hours[6];
  CHECK(evening > 4 * dawn);
  CHECK(std::any_of(people.begin(), people.end(), [](const auto& one) { return one.second > 3; }));
}

TEST_CASE("simulate: a ward of unknown population has what its district's others leave; without wards districts do") {
  const auto land = *survey(three_wards(), area_code{"L1"}, 1);
  REQUIRE(land.places.size() == 3);
  CHECK(land.places[2].population == doctest::Approx(10000));
  CHECK(land.population == doctest::Approx(61000));
  problems found;
  const auto districts = parse_areas({{"a.yaml", R"(areas:
  - {code: N1, name: Nation, level: nation}
  - {code: L1, name: North, level: lad, parent: N1, population: 300000}
  - {code: L2, name: South, level: lad, parent: N1, population: 500000}
)"}},
                                     found);
  const auto nation = *survey(districts, area_code{"N1"}, 1);
  REQUIRE(nation.places.size() == 2);
  CHECK(nation.places[0].ward.empty());
  CHECK(nation.places[0].district == "North");
}

TEST_CASE("simulate: a wish that cannot be met says why") {
  struct row {
    const char* name;
    std::string wish;
    std::string says;
  };
  const row table[] = {
      {"unknown kind", "strong-bach", "did you mean 'strong-batch'?"},
      {"unknown key", "prison,ara=Armley", "did you mean 'area'?"},
      {"no number", "prison,cases=many", "'many' is not a number from 1 to 500"},
      {"no time", "prison,at=yesterday", "'yesterday' is not a time"},
  };
  for (const auto& row : table) {
    CAPTURE(row.name);
    const auto read = read_outbreak(row.wish);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().find(row.says) != std::string::npos);
  }
  CHECK(prepare(with_outbreak(1, "school,area=Armly"), three_wards(), {}, london).error() ==
        "no ward is called 'Armly'; did you mean 'Armley'?");
  CHECK(prepare(with_outbreak(1, "school,at=2026-05-01"), three_wards(), {}, london).error().find("does not lie") !=
        std::string::npos);
  CHECK(prepare(fortnight(1), area_table{}, {}, london).error().find("areas/") != std::string::npos);
  CHECK(read_outage("ambulanc,from=2026-01-01,until=2026-01-02").error().find("'ambulance'") != std::string::npos);
  CHECK(read_outage("ambulance,from=2026-01-03,until=2026-01-02").error().find("later") != std::string::npos);
}

TEST_CASE("simulate: days and times are read and written as people write them") {
  CHECK(day_first(*read_day_or_time("2026-02-01T09:05")) == "01/02/2026 09:05");
  CHECK(iso_day(*read_day("2026-02-01")) == "2026-02-01");
  CHECK(iso_minute(*read_day_or_time("2026-02-01T09:05")) == "2026-02-01T09-05");
  CHECK(short_day(*read_day("2026-02-01")) == "260201");
  for (const char* bad : {"", "2026-02-30", "01/02/2026", "2026-02-01T25:00", "2026-02-01T09:05Z"}) {
    CAPTURE(bad);
    CHECK_FALSE(read_day(bad).has_value());
    CHECK_FALSE(read_day_or_time(bad).has_value());
  }
}
