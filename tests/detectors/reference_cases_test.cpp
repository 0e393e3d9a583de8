// SPDX-License-Identifier: Apache-2.0
// Every detector against what R, and SaTScan, make of the same series: the reference lies beside the project.
#include "detectors/cases.hpp"
#include "detectors/scan_cases.hpp"

#include "rules/detectors/beta_binomial.hpp"
#include "rules/detectors/cusum.hpp"
#include "rules/detectors/distributions.hpp"
#include "rules/detectors/quasi_poisson.hpp"

#include "support/shared_data.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

using namespace forewarn;
using namespace forewarn::detector_cases;
using forewarn::testing::shared_data;

namespace {

bool near(double ours, double theirs, double by) {
  return std::abs(ours - theirs) <= by * std::max(1.0, std::abs(theirs)) ||
         std::abs(ours - theirs) <= by * std::abs(theirs);
}

// Relative, so that tiny chances keep their digits.
bool same_digits(double ours, double theirs, double by) {
  return ours == theirs || std::abs(ours - theirs) <= by * std::abs(theirs);
}

std::vector<double> doubles(const boost::json::value& from) {
  std::vector<double> out;
  for (const auto& one : from.as_array()) out.push_back(one.to_number<double>());
  return out;
}

double value_of(const std::string& what, double a, double b, double c) {
  using namespace detectors;
  if (what.starts_with("qnbinom")) return overdispersed_quantile(a, b, c);
  if (what.starts_with("pnbinom")) return overdispersed_upper(a, b, c);
  if (what.starts_with("qpois")) return poisson_quantile(a, b);
  if (what.starts_with("ppois")) return poisson_upper(a, b);
  if (what.starts_with("qt")) return student_quantile(a, b);
  if (what.starts_with("pt")) return student_upper(a, b);
  if (what.starts_with("qnorm")) return normal_quantile(a);
  REQUIRE(what.starts_with("pnorm"));
  return normal_upper(a);
}

} // namespace

TEST_CASE("every reference series: bounds, statistics and alarms as R has them") {
  const auto folder = shared_data("stats/public");
  if (!folder) return;
  const auto cases = read_cases(*folder);
  CHECK(cases.size() > 100);
  for (const auto& one : cases) {
    const auto expected = read_table(one.expected);
    const auto differs = differences(one, run_case(*folder, one, expected), expected);
    INFO(one.id, differs.empty() ? "" : ": " + differs.front());
    CHECK(differs.empty());
  }
}

TEST_CASE("every reference scan: the cluster to the digit, its chance as SaTScan's") {
  const auto folder = shared_data("stats/public/scan/expected");
  if (!folder) return;
  for (const auto& entry : std::filesystem::directory_iterator{*folder}) {
    auto one = read_scan_case(entry.path());
    if (one.places.size() > 200) one.options.replicates = 99;
    const auto differs = scan_differences(one, run_scan_case(one));
    INFO(one.id, differs.empty() ? "" : ": " + differs.front());
    CHECK(differs.empty());
  }
}

TEST_CASE("distributions have R's quantiles and tails") {
  const auto file = shared_data("stats/public/expected/distfun.csv");
  if (!file) return;
  const auto expected = read_table(*file);
  for (std::size_t i = 0; i < expected.rows.size(); ++i) {
    const auto what = expected.at(i, "fun").text;
    const auto a = expected.at(i, "a").number, b = expected.at(i, "b").number, c = expected.at(i, "c").number;
    CAPTURE(what);
    CAPTURE(a);
    CAPTURE(b);
    CAPTURE(c);
    CHECK(same_digits(value_of(what, a, b, c), expected.at(i, "value").number, 1e-11));
  }
}

TEST_CASE("beta-binomial tails") {
  const auto file = shared_data("stats/public/expected/betabinomial_tail.csv");
  if (!file) return;
  const auto expected = read_table(*file);
  for (std::size_t i = 0; i < expected.rows.size(); ++i) {
    const auto at = [&](const char* name) { return expected.at(i, name).number; };
    CAPTURE(i);
    CHECK(same_digits(detectors::beta_binomial_upper(at("x"), at("n"), at("s"), at("N")), at("p"), 1e-9));
  }
}

TEST_CASE("run lengths of the Poisson CUSUM") {
  const auto file = shared_data("stats/public/expected/arl_poisson_cusum.csv");
  if (!file) return;
  const auto expected = read_table(*file);
  for (std::size_t i = 0; i < expected.rows.size(); ++i) {
    const auto at = [&](const char* name) { return expected.at(i, name); };
    if (at("arl").missing()) continue;
    CAPTURE(at("h").number);
    CAPTURE(at("k").number);
    CAPTURE(at("theta").number);
    const auto arl = at("arl").number;
    const auto ours = detectors::poisson_cusum_run_length(at("h").number, at("k").number, at("theta").number);
    // R's solver loses digits by the run length times the precision of a double.
    CHECK_MESSAGE(same_digits(ours, arl, std::max(1e-6, 3e-16 * arl)), ours << " for " << arl);
  }
}

TEST_CASE("the regression under Farrington, step by step") {
  const auto file = shared_data("stats/public/expected/ff_internals.json");
  if (!file) return;
  std::ifstream in{*file};
  const auto fits = boost::json::parse(std::string{std::istreambuf_iterator<char>{in}, {}});
  for (const auto& one : fits.as_array()) {
    const auto times = doubles(one.at("wtime")), counts = doubles(one.at("response"));
    const auto levels = doubles(one.at("season_level"));
    detectors::series of;
    of.counts = counts;
    std::vector<detectors::season_block> blocks;
    for (std::size_t i = 0; i < counts.size(); ++i)
      blocks.push_back({i, i + 1, static_cast<std::size_t>(levels[i]) - 1});
    detectors::count_tables tables;
    tables.follow(of, of.size(), false);
    detectors::quasi_poisson model;
    model.take(of, tables, blocks, 10, false, [&](std::size_t at) { return times[at]; });

    const auto same_fit = [&](const boost::json::value& theirs) {
      const auto coefficients = doubles(theirs.at("coef")); // intercept, time, levels 2 to 10 against level 1
      CHECK(near(model.predictor(0, 0), coefficients[0], 1e-10));
      CHECK(near(model.trend(), coefficients[1], 1e-10));
      for (std::size_t level = 1; level < 10; ++level)
        CHECK(near(model.predictor(level, 0) - model.predictor(0, 0), coefficients[level + 1], 1e-10));
      CHECK(near(model.deviance(), theirs.at("deviance").to_number<double>(), 1e-10));
      CHECK(model.rounds() == theirs.at("iterations").to_number<int>());
      CHECK(near(std::max(model.dispersion(), 1.0), theirs.at("phi").to_number<double>(), 1e-10));
    };
    const auto same_values = [](std::span<const double> ours, const std::vector<double>& theirs) {
      REQUIRE(ours.size() == theirs.size());
      for (std::size_t i = 0; i < ours.size(); ++i) CHECK(near(ours[i], theirs[i], 1e-10));
    };
    REQUIRE(model.fit(true));
    same_fit(one.at("fit1"));
    same_values(model.leverages(), doubles(one.at("fit1").at("hat")));
    same_values(model.anscombe_residuals(), doubles(one.at("fit1").at("anscombe")));
    model.down_weight(one.at("params").at("weightsThreshold").to_number<double>());
    same_values(model.weights(), doubles(one.at("omega")));
    REQUIRE(model.fit(true));
    same_fit(one.at("fit2"));
    CHECK(
        near(model.dispersion_by_prior_weights(), one.at("fit2").at("package_dispersion").to_number<double>(), 1e-10));
  }
}
