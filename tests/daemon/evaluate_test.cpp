// SPDX-License-Identifier: Apache-2.0
// `forewarn evaluate` and `forewarn scan` behind the command line: files read or refused with file and line, rules and
// methods scored on the same series.
#include "daemon/commands/area_cases.hpp"
#include "daemon/commands/record_question.hpp"
#include "daemon/evaluate/evaluation_text.hpp"
#include "daemon/evaluate/labelled_trials.hpp"
#include "daemon/evaluate/on_all_cores.hpp"
#include "daemon/evaluate/rule_contenders.hpp"
#include "daemon/series/case_files.hpp"
#include "rules/activity.hpp"
#include "support/alerting_scene.hpp"
#include "support/temp_dir.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <fstream>

using namespace forewarn;
using namespace forewarn::evaluate;

namespace {

// Files of one test; complaints without their folder.
class files {
public:
  std::string operator()(const char* name, const std::string& text) const {
    auto path = (folder_.path() / name).string();
    std::ofstream{path} << text;
    return path;
  }
  [[nodiscard]] std::string plain(std::string text) const {
    const auto folder = folder_.path().string() + '/';
    for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) text.erase(at, folder.size());
    return text;
  }

private:
  test::temp_dir folder_;
};

// The first so many of them, with ten weeks before the year that is judged: the engine is slow without optimisation.
trials last_days_of(trials all, std::size_t first) {
  all.all.resize(first);
  for (auto& one : all.all) {
    const auto left_out = static_cast<std::ptrdiff_t>(one.from - 70);
    for (auto* column : {&one.seen.counts, &one.quiet, &one.same_day, &one.quiet_same_day})
      column->erase(column->begin(), column->begin() + left_out);
    for (auto& outbreak : one.outbreaks) {
      outbreak.first -= one.from - 70;
      outbreak.last -= one.from - 70;
    }
    one.to -= one.from - 70;
    one.from = 70;
  }
  return all;
}

const std::string counts = "day,A,B\n2026-01-01,0,1\n2026-01-02,2,\n2026-01-03,1,0\n2026-01-04,0,0\n";

} // namespace

TEST_CASE("labelled series are read, or refused with file and line") {
  struct row {
    const char* name;
    std::string counts, truth;
    const char* wrong; // empty: read
  };
  const row rows[] = {
      {"two outbreaks in one series, none in the other", counts,
       "series,start,end,note\nA,2026-01-04,,x\nA,2026-01-01,2026-01-02,y\nB,NA,NA,z\n", ""},
      {"an unknown series", counts, "series,start,end\nC,2026-01-01,2026-01-02\n",
       "truth.csv:2: no series is named 'C'"},
      {"an unknown period", counts, "series,start,end\nA,2026-01-01,2026-01-09\n",
       "truth.csv:2: no period is '2026-01-09'"},
      {"backwards", counts, "series,start,end\nA,2026-01-03,2026-01-02\n", "truth.csv:2: it ends before it starts"},
      {"no such column", counts, "series,from,to\n",
       "truth.csv:1: the header has no column 'start'; it is series,start,end"},
      {"no count", "day,A\n1,two\n", "series,start,end\n",
       "counts.csv:2: 'two' of A is no count: a number from 0, or empty where none was taken"},
      {"a short row", "day,A\n1,2\n2\n", "series,start,end\n", "counts.csv:3: 1 fields, where the header has 2"},
      {"no series", "day\n1\n", "series,start,end\n",
       "counts.csv: the header is a period and a column per series, as `day,Armley,Headingley`"},
      {"no row", "day,A\n", "series,start,end\n", "counts.csv: has a header and no row"},
      {"a day left out", "day,A\n2026-01-01,0\n2026-01-02,0\n2026-01-04,0\n", "series,start,end\n",
       "counts.csv: '2026-01-04' follows '2026-01-02', but 2026-01-03 should: write each period, with empty counts "
       "where "
       "none was taken"},
      {"days out of order", "day,A\n2026-01-02,0\n2026-01-01,0\n", "series,start,end\n",
       "counts.csv: '2026-01-01' does not come after '2026-01-02'"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const files in;
    const auto read = read_labelled({in("counts.csv", r.counts), in("truth.csv", r.truth), "", "", ""});
    CHECK(in.plain(read ? "" : read.error()) == r.wrong);
    if (!read) continue;
    REQUIRE(read->all.size() == 2);
    REQUIRE(read->all[0].outbreaks.size() == 2);
    CHECK(read->all[0].outbreaks[1].first == 3);
    CHECK(read->all[1].outbreaks.empty());
    CHECK_FALSE(read->all[1].seen.counted(1));
    CHECK(read->period == "day");
  }
}

TEST_CASE("cases and places are read, or refused with file and line") {
  struct row {
    const char* name;
    std::string cases, places;
    const char* wrong;
  };
  const std::string places = "location,x,y,population\na,0,0,10\nb,3,4,20\n";
  const row rows[] = {
      {"with counts", "location,date,count\na,2026-01-01,2\nb,2026-01-03,1\n", places, ""},
      {"a row per case", "place,date\na,2026-01-01\na,2026-01-01\nb,2026-01-03\n",
       "place,lat,long\na,53.8,-1.5\nb,53.9,-1.5\n", ""},
      {"an unknown place", "location,date\nc,2026-01-01\n", places, "cases.csv:2: 'c' is not among the places"},
      {"no date", "location,date\na,1 May\n", places, "cases.csv:2: '1 May' is no date such as 2026-01-05"},
      {"half a case", "location,date,count\na,2026-01-01,0.5\n", places,
       "cases.csv:2: a count is a whole number from 0, and all together are no more than 4 thousand million"},
      {"twice", "location,date\na,2026-01-01\n", "location,x,y\na,0,0\na,1,1\n", "places.csv:3: 'a' is there twice"},
      {"one place", "location,date\na,2026-01-01\n", "location,x,y\na,0,0\n",
       "places.csv: at least two places are needed to tell where"},
      {"nowhere", "location,date\na,2026-01-01\n", "location\na\n",
       "places.csv:1: the header is location,x,y[,population] or location,lat,long[,population]"},
      {"a mistyped year", "location,date\na,1026-01-01\nb,2026-01-01\n", places,
       "cases.csv: from 1026-01-01 to 2026-01-01 are too many days for so many places; is a date mistyped?"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const files in;
    const auto read = series_file::read_cases(in("cases.csv", r.cases), in("places.csv", r.places));
    CHECK(in.plain(read ? "" : read.error()) == r.wrong);
    if (!read) continue;
    CHECK(read->counts.days == 3);
    CHECK(read->counts.cases == std::vector<std::uint32_t>{2, 0, 0, 0, 0, 1});
    const auto far = std::hypot(read->places[1].x - read->places[0].x, read->places[1].y - read->places[0].y);
    CHECK(far == doctest::Approx(read->kilometres ? 11.1 : 5).epsilon(0.01));
  }
}

TEST_CASE("a method is written with its settings") {
  struct row {
    const char* written;
    const char* wrong;
  };
  const row rows[] = {
      {"nb_multiwindow", ""},
      {"ears method=C2 baseline=28", ""},
      {"ears C2", "'ears C2': after the method's name come settings, as 'ears alpha=0.01'"},
      {"ears method=C9", "ears: method is 'C9'"},
      {"earz", "there is no method 'earz'; did you mean 'ears'?"},
      {"beta_binomial", "beta_binomial needs a population"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.written);
    const auto made = method_contender(r.written, {});
    CHECK(made.has_value() == (*r.wrong == '\0'));
    if (!made) CHECK(made.error().substr(0, std::string_view{r.wrong}.size()) == r.wrong);
  }
  CHECK_FALSE(method_contender("cusum", {detectors::lateness::scaled, true}).has_value());
  CHECK(method_contender("outbreak_odds", {detectors::lateness::scaled, true}).has_value());
}

TEST_CASE("methods and rules are scored on the same series") {
  const auto on = last_days_of(make_trials({detectors::trial_design::daily, 20, 1}), 5);
  std::vector<contender> all;
  for (const auto* name : {"nb_multiwindow", "gamma_poisson alpha=0.01"}) all.push_back(*method_contender(name, {}));
  const auto read =
      rules::load_rules({{"r.yaml", "version: 1\nrules:\n"
                                    "  - id: eight-a-day\n    title: Eight\n    owner: test\n    observe: [ambulance]\n"
                                    "    detect: {count: {within: 24h, at_least: 8}}\n"
                                    "  - id: never\n    title: Never\n    owner: test\n    observe: [death]\n"
                                    "    detect: {every_record: {}}\n"}},
                        test::shipped_reference());
  REQUIRE(read.rules);
  const auto like = parse_observation(R"({"id": "1", "feed": "f", "kind": "ambulance",
                                          "occurred_at": "2026-01-01T00:00:00Z"})");
  REQUIRE(like);
  for (auto& one : rule_contenders(read.rules, *like)) all.push_back(std::move(one));
  REQUIRE(all.size() == 5);
  CHECK(all.back().name == "all 2 rules");
  std::size_t told = 0;
  const auto scores = evaluate_all(on, all, {1, [&](std::size_t done) { told = std::max(told, done); }});
  CHECK(told > 4 * on.all.size());
  const auto found = [&](std::size_t i) { return scores[i].as_set.front().of; };
  CHECK(scores[0].matched);
  CHECK_FALSE(scores[2].matched); // a rule does not say how strange a day is
  CHECK(scores[1].more.known);
  CHECK(found(2).found.value > 0);
  CHECK(found(3).found.value == 0);
  CHECK(found(3).false_alarms.value == 0);
  CHECK(found(4).found.value == found(2).found.value);
  // By the day, a rule that counts eight within 24 hours does not miss a day of eight.
  for (const auto& trial : on.all) {
    const auto said = all[2].look(trial);
    for (auto t = trial.from; t <= trial.to; ++t)
      if (trial.seen.counts[t] >= 8 && said.seen.alarm[t - trial.from] == 0) FAIL("a day of eight was missed");
  }
  const heading over{"twenty series", 1, true};
  const auto json = boost::json::parse(as_json(scores, on, over)).as_object();
  CHECK(json.at("detectors").as_array().size() == 5);
  CHECK(json.at("detectors").at(0).at("at_equal").at(0).at("pod").is_double());
  CHECK(as_table(scores, on, over).find("At 1 false episode a series and year") != std::string::npos);
  CHECK(as_csv(scores).substr(0, 30) == "detector,limit,group,pod,pod_s");
}

TEST_CASE("work on all cores is done once each, and what goes wrong comes out") {
  std::vector<std::atomic<int>> done(1000);
  run_on_all_cores(done.size(), [&](std::size_t i) { ++done[i]; });
  CHECK(std::all_of(done.begin(), done.end(), [](const auto& one) { return one == 1; }));
  CHECK_THROWS_WITH(run_on_all_cores(50,
                                     [](std::size_t i) {
                                       if (i == 7) throw std::runtime_error{"seven"};
                                     }),
                    "seven");
}

TEST_CASE(
    "records by the areas of the deployment: every ward a place, days in its zone, incidents once, who adjoins whom") {
  const auto known = test::shipped_reference();
  const auto by = commands::as_rule("scan", {{"ambulance"}, "substances: opioid", "ward"}, *known);
  REQUIRE(by);
  std::vector<observation> records;
  const auto call = [&](const char* id, const char* at, const char* incident) {
    auto one = test::call_out(id, at, "p:1", nullptr);
    if (incident != nullptr) one.incident = incident_id{incident};
    records.push_back(std::move(one));
  };
  call("1", "2026-06-01T23:30:00Z", nullptr); // half past midnight in Leeds
  call("2", "2026-06-02T10:00:00Z", "i:one");
  call("3", "2026-06-02T10:01:00Z", "i:one");
  call("4", "2026-06-05T10:00:00Z", nullptr);
  const auto read = commands::cases_by_area(*by, rules::standing(records), *known);
  REQUIRE_MESSAGE(read, (read ? std::string{} : read.error()));
  const auto& cases = read->cases;
  CHECK(cases.places.size() > 90);
  REQUIRE(cases.counts.days == 4);
  CHECK(cases.first_day == 20606); // 2026-06-02
  const auto at =
      static_cast<std::size_t>(std::find(cases.names.begin(), cases.names.end(), "Armley") - cases.names.begin());
  REQUIRE(at < cases.names.size());
  const auto row = cases.counts.cases.begin() + static_cast<std::ptrdiff_t>(at * 4);
  CHECK(std::vector<std::uint32_t>(row, row + 4) == std::vector<std::uint32_t>{2, 0, 0, 1});
  REQUIRE(read->neighbours.size() == cases.places.size());
  CHECK(read->neighbours[at].size() >= 3);
  for (const auto other : read->neighbours[at]) {
    CAPTURE(cases.names[other]);
    const auto& back = read->neighbours[other];
    CHECK(std::find(back.begin(), back.end(), at) != back.end());
  }
  const auto by_msoa = commands::as_rule("scan", {{"ambulance"}, "substances: opioid", "msoa"}, *known);
  REQUIRE(by_msoa);
  const auto none = commands::cases_by_area(*by_msoa, rules::standing(records), *known);
  REQUIRE_FALSE(none);
  CHECK(none.error() ==
        "the area tables hold 0 of level 'msoa' that it can meet; at least two are needed to tell where");
}
