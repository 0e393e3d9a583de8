// SPDX-License-Identifier: Apache-2.0
// The odds of an outbreak, against the formula worked out the slow way, and what they promise.
#include "rules/detectors/outbreak_odds.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <random>

using namespace forewarn::detectors;

namespace {

series counts_of(std::size_t days, double mean, std::uint32_t seed) {
  series out;
  std::mt19937 dice{seed};
  for (std::size_t t = 0; t < days; ++t)
    out.counts.push_back(static_cast<double>(std::poisson_distribution<int>{mean}(dice)));
  return out;
}

double log_density(double y, double m, double phi) {
  if (phi <= 1 + 1e-9) return y * std::log(m) - m - std::lgamma(y + 1);
  const auto size = m / (phi - 1);
  return std::lgamma(size + y) - std::lgamma(size) - std::lgamma(y + 1) + y * std::log(1 - 1 / phi) -
         size * std::log(phi);
}

// Outbreak by outbreak, day by day, without a long view.
double slow_odds(const series& of, std::size_t t, const odds_options& by) {
  const auto quiet = *quiet_before(of, by.quiet, t);
  const auto error = std::min(std::sqrt(quiet.phi / (quiet.level * quiet.days)), 1.5);
  std::vector<double> mean, count;
  for (std::size_t d = 0; d < 10; ++d) {
    mean.push_back(quiet.level * quiet.factor[of.weekday(t - d)]);
    count.push_back(of.counts[t - d]);
  }
  double usual = 0;
  for (std::size_t d = 0; d < 7; ++d) usual += mean[d] / 7;
  const double z[] = {-std::sqrt(3.0), 0, std::sqrt(3.0)}, w[] = {1.0 / 6, 2.0 / 3, 1.0 / 6};
  const auto likelihood = [&](const std::vector<double>& added) {
    double out = 0;
    for (int k = 0; k < 3; ++k) {
      double logs = 0;
      for (std::size_t d = 0; d < 10; ++d)
        logs += log_density(count[d], mean[d] * std::exp(z[k] * error) + added[d], quiet.phi);
      out += w[k] * std::exp(logs);
    }
    return out;
  };
  double sum = 0, weights = 0;
  const auto weigh = [&](double weight, const std::vector<double>& added) {
    sum += weight * likelihood(added);
    weights += weight;
  };
  for (const double s : {2, 4, 6}) {
    for (const std::size_t length : {1U, 2U, 3U, 5U, 7U}) {
      const auto lasts = static_cast<double>(length);
      const auto more = (s * std::sqrt(lasts * quiet.phi * usual) + 2) / lasts;
      for (std::size_t into = 1; into <= length; ++into) {
        std::vector<double> added(10, 0);
        for (std::size_t d = 0; d < into; ++d) added[d] = more;
        weigh(1 / lasts, added);
      }
    }
    const auto size = s * std::sqrt(10 * quiet.phi * usual) + 2;
    for (const std::size_t into : {2U, 4U, 6U, 8U, 10U}) {
      std::vector<double> added(10, 0);
      for (std::size_t d = 0; d < into; ++d) added[d] = size * static_cast<double>(into - d) / 55;
      weigh(0.5, added);
    }
  }
  return sum / weights / likelihood(std::vector<double>(10, 0));
}

} // namespace

TEST_CASE("the odds are those of the formula") {
  rc::check("as worked out outbreak by outbreak", [] {
    const auto mean = static_cast<double>(*rc::gen::inRange(1, 60)) / 10;
    auto of = counts_of(140, mean, *rc::gen::arbitrary<std::uint32_t>());
    const auto t = of.size() - 1;
    for (std::size_t d = 0; d < 4; ++d) of.counts[t - d] += *rc::gen::inRange(0, 8);
    odds_options by;
    by.season = false;
    const auto got = outbreak_odds{by}.judge(of, t);
    RC_ASSERT(got.has_value());
    const auto expected = slow_odds(of, t, by);
    RC_ASSERT(std::abs(got->odds - expected) <= 1e-9 * expected);
  });
}

TEST_CASE("the bound is where the score passes alpha, and is known before the day is") {
  rc::check("one more case would have been an alarm", [] {
    const auto mean = static_cast<double>(*rc::gen::inRange(1, 60)) / 10;
    const auto days = static_cast<std::size_t>(*rc::gen::inRange(80, 900));
    auto of = counts_of(days, mean, *rc::gen::arbitrary<std::uint32_t>());
    const auto t = days - 1;
    of.counts[t] = not_counted;
    outbreak_odds judge{{}};
    const auto before = judge.judge(of, t);
    RC_ASSERT(before && before->told.bound && !before->told.alarm);
    const auto bound = *before->told.bound;
    for (const auto count : {bound, bound + 1}) {
      if (count < 0) continue;
      of.counts[t] = count;
      const auto after = judge.judge(of, t);
      RC_ASSERT(after->told.bound == before->told.bound);
      RC_ASSERT(*after->told.alarm == (count > bound));
      RC_ASSERT((*after->told.score < odds_options{}.alpha) == (count > bound));
    }
  });
}

TEST_CASE("by the long view a season is no outbreak, and a trend is followed") {
  const auto wave = [](std::size_t t) {
    return 5 * std::exp(0.6 * std::cos(static_cast<double>(t) * 2 * 3.14159265 / 365.25));
  };
  series of;
  std::mt19937 dice{4};
  for (std::size_t t = 0; t < 4UL * 365; ++t)
    of.counts.push_back(static_cast<double>(std::poisson_distribution<int>{wave(t)}(dice)));
  odds_options flat;
  flat.season = false;
  outbreak_odds with{{}}, without{flat};
  int alarms = 0;
  double apart = 0, apart_without = 0;
  for (std::size_t t = 3UL * 365; t < of.size(); ++t) {
    const auto judged = with.judge(of, t);
    alarms += *judged->told.alarm ? 1 : 0;
    apart += std::abs(*judged->told.expected / wave(t) - 1) / 365;
    apart_without += std::abs(*without.judge(of, t)->told.expected / wave(t) - 1) / 365;
  }
  CHECK(apart < 0.1);
  CHECK(apart_without > 2 * apart);
  CHECK(alarms <= 3);
}

TEST_CASE("the same answer, wherever the judging begins and whatever was asked before") {
  const auto of = counts_of(1200, 1.5, 9);
  outbreak_odds all{{}};
  for (std::size_t t = 1000; t < of.size(); ++t) {
    const auto one = all.judge(of, t);
    if (t % 37 != 0) continue;
    outbreak_odds fresh{{}};
    CHECK(fresh.judge(of, t)->told.score == one->told.score);
    CHECK(all.judge(of, t)->told.bound == one->told.bound);
  }
}

TEST_CASE("counts beyond any bound of factors are told apart by logarithms") {
  for (const double scale : {50.0, 5e3, 5e6, 5e11}) {
    CAPTURE(scale);
    series of;
    for (std::size_t t = 0; t < 200; ++t) of.counts.push_back(scale * (1 + 0.01 * static_cast<double>(t % 5)));
    outbreak_odds judge{{}};
    CHECK_FALSE(*judge.judge(of, 199)->told.alarm);
    of.counts[199] = 3 * scale + 40;
    CHECK(*judge.judge(of, 199)->told.alarm);
  }
}

// The wave raises what is taken for usual for ten weeks, and less where years lie behind it. Left out (`exclude`), it
// raises nothing.
TEST_CASE("what a wave does to the next one's bound, a month later") {
  const odds_options with_years{}, months{{56, 14, 1092, true, 10}, 0.02, false, 300, 1, true};
  struct {
    const char* name;
    std::size_t days;
    double more;            // cases a day, where one is usual
    double most, most_near; // the bound rises by, with years behind it and with months
  } const rows[] = {{"a batch of a week", 7, 2, 0.8, 1.5}, {"ten days of nine times as many", 10, 8, 4, 6}};
  for (const auto& row : rows) {
    CAPTURE(row.name);
    double raised = 0, raised_near = 0, left_out = 0;
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      const auto quiet = counts_of(1200, 1, seed);
      auto of = quiet, without = quiet;
      for (std::size_t t = 1150; t < 1150 + row.days; ++t) {
        of.counts[t] += row.more;
        without.counts[t] = not_counted;
      }
      const auto bound = [](const odds_options& by, const series& line) {
        return *outbreak_odds{by}.judge(line, 1190)->told.bound;
      };
      raised += (bound(with_years, of) - bound(with_years, quiet)) / 20;
      raised_near += (bound(months, of) - bound(months, quiet)) / 20;
      left_out += (bound(with_years, without) - bound(with_years, quiet)) / 20;
    }
    CHECK(raised < row.most);
    CHECK(raised < raised_near);
    CHECK(raised_near < row.most_near);
    CHECK(std::abs(left_out) < 0.3);
  }
}
