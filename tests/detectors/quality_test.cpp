// SPDX-License-Identifier: Apache-2.0
// Series with a known truth, how a detector's alarms on them are scored, and what the detectors come to: the figures
// that R's implementations gave on series of the same design. FOREWARN_LONG=1 measures on thousands of series.
#include "rules/detectors/quality/look.hpp"
#include "support/shared_data.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

using namespace forewarn;
using namespace forewarn::detectors;

namespace {

bool long_run() {
  return std::getenv("FOREWARN_LONG") != nullptr; // NOLINT(concurrency-mt-unsafe)
}

struct scored {
  std::vector<trial> trials;
  std::vector<said_of_trial> said;
  double a_year = 365;

  [[nodiscard]] std::vector<tally> as_set() const {
    std::vector<tally> out;
    for (std::size_t i = 0; i < said.size(); ++i) out.push_back(tally_of(trials[i], said[i]));
    return out;
  }
  [[nodiscard]] std::vector<tally> at_one_episode() const {
    const auto limit = limit_for(trials, said, 1, a_year);
    std::vector<tally> out;
    for (std::size_t i = 0; i < said.size(); ++i) out.push_back(tally_at(trials[i], said[i], limit));
    return out;
  }
};

scored score(const trial_plan& plan, std::string_view name, const std::vector<setting>& settings,
             lateness late = lateness::none) {
  scored out;
  out.a_year = periods_a_year(plan.design);
  const auto n = trials_in(plan);
  out.trials.resize(n);
  out.said.resize(n);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto i = next++; i < n; i = next++) {
      out.trials[i] = make_trial(plan, i);
      out.said[i] = look_at(out.trials[i], name, settings, {late, true});
    }
  };
  {
    std::jthread other{work};
    work();
  }
  return out;
}

// What R's scripts measured, with the number of series behind it.
struct reference {
  double value = 0, series = 0;
};

bool agree(const figure& ours, double ours_of, const reference& theirs) {
  const auto theirs_error = ours.error * std::sqrt(ours_of / theirs.series); // the same spread, from as many series
  const auto apart = std::abs(ours.value - theirs.value) / std::hypot(ours.error, theirs_error);
  INFO("ours ", ours.value, " ± ", ours.error, ", the reference ", theirs.value);
  CHECK(apart < 3);
  return apart < 3;
}

trial ten_periods() {
  trial out;
  out.seen.counts.assign(30, 0);
  out.quiet.assign(30, 0);
  out.from = 10;
  out.to = 29;
  out.outbreaks = {{14, 17, 5}};
  return out;
}

said alarms_at(const std::vector<std::size_t>& periods) {
  said out{std::vector<float>(20, least_strange), std::vector<std::uint8_t>(20, 0)};
  for (const auto t : periods) {
    out.alarm[t - 10] = 1;
    out.strangeness[t - 10] = 1;
  }
  return out;
}

} // namespace

TEST_CASE("a trial holds its outbreak where it says, and its twin does not") {
  for (const auto design : {trial_design::daily, trial_design::weekly}) {
    const trial_plan plan{design, 60, 5};
    double with_outbreak = 0;
    for (std::size_t i = 0; i < trials_in(plan); ++i) {
      const auto one = make_trial(plan, i);
      CAPTURE(one.name);
      CHECK(one.seen.counts == make_trial(plan, i).seen.counts);
      const bool within =
          one.outbreaks.empty() || (one.outbreaks[0].first >= one.from && one.outbreaks[0].last <= one.to);
      CHECK(within);
      double more = 0;
      for (std::size_t t = 0; t < one.seen.size(); ++t) {
        const auto added = one.seen.counts[t] - one.quiet[t];
        const bool inside = !one.outbreaks.empty() && t >= one.outbreaks[0].first && t <= one.outbreaks[0].last;
        more += added;
        if (added < 0 || (added > 0 && !inside)) FAIL("cases of an outbreak where there is none");
        if (!one.same_day.empty() && one.same_day[t] > one.seen.counts[t]) FAIL("more known than there is");
      }
      CHECK(more == (one.outbreaks.empty() ? 0 : one.outbreaks[0].cases));
      with_outbreak += static_cast<double>(one.outbreaks.size());
    }
    CHECK(with_outbreak > 0.95 * static_cast<double>(trials_in(plan)));
    CHECK(make_trial(plan, 1).seen.counts != make_trial({design, 60, 6}, 1).seen.counts);
  }
}

TEST_CASE("alarms are scored by the usual definitions") {
  struct row {
    const char* name;
    std::vector<std::size_t> alarms;
    double hits, found, at_once, delay, delay_or_missed, false_periods, episodes;
  };
  const row rows[] = {
      {"none", {}, 0, 0, 0, 0, 4, 0, 0},
      {"at once, and on", {14, 15}, 2, 1, 1, 0, 0, 0, 0},
      {"late, and after it", {16, 18, 19}, 1, 1, 0, 2, 2, 2, 1},
      {"before and long after: two episodes", {11, 12, 19}, 0, 0, 0, 0, 4, 3, 2},
      {"six apart are one episode", {12, 18}, 0, 0, 0, 0, 4, 2, 1},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto about = ten_periods();
    said_of_trial said;
    said.seen = said.quiet = alarms_at(r.alarms);
    for (const auto& got : {tally_of(about, said), tally_at(about, said, 1)}) {
      CHECK(got.hits == r.hits);
      CHECK(got.outbreak_periods == 4);
      CHECK(got.other_periods == 16);
      CHECK(got.found == r.found);
      CHECK(got.at_once == r.at_once);
      CHECK(got.delay == r.delay);
      CHECK(got.delay_or_missed == r.delay_or_missed);
      CHECK(got.false_periods == r.false_periods);
      CHECK(got.episodes == r.episodes);
      CHECK(got.quiet_alarms == static_cast<double>(r.alarms.size()));
    }
  }
}

TEST_CASE("an alarm that waits for late data comes a period later") {
  const auto about = ten_periods();
  said_of_trial said;
  said.seen = alarms_at({14});
  said.early = alarms_at({15});
  const auto got = tally_of(about, said);
  CHECK(got.delay == 1); // about the first day, on the second; the early word about the second comes then too
  CHECK(got.hits == 2);
}

TEST_CASE("the limit is the lowest at which quiet series have no more episodes than asked for") {
  const auto all = score({trial_design::daily, 40, 3}, "gamma_poisson", {});
  for (const auto a_year : {0.25, 1.0, 4.0}) {
    CAPTURE(a_year);
    const auto limit = limit_for(all.trials, all.said, a_year, 365);
    const auto episodes = [&](double at) {
      double sum = 0;
      for (std::size_t i = 0; i < all.said.size(); ++i) sum += tally_at(all.trials[i], all.said[i], at).quiet_episodes;
      return sum;
    };
    CHECK(episodes(limit) <= a_year * 40);
    CHECK(episodes(limit * 0.98) > a_year * 40 * 0.9);
  }
}

TEST_CASE("on other seeds the detectors come to what R's measured") {
  struct row {
    const char* name;
    trial_design design;
    const char* method;
    std::vector<setting> settings;
    reference found, sensitivity, specificity, quiet_rate;
  };
  const auto ears = [](const char* which, const char* alpha) {
    return std::vector<setting>{{"method", which}, {"baseline", "7"}, {"min_sigma", "0"}, {"alpha", alpha}};
  };
  const row rows[] = {
      {"C1", trial_design::weekly, "ears", ears("C1", "0.001"), {.524, 420}, {.182, 420}, {.965, 420}, {.0397, 420}},
      {"C2", trial_design::weekly, "ears", ears("C2", "0.001"), {.529, 420}, {.285, 420}, {.954, 420}, {.0533, 420}},
      {"C3", trial_design::weekly, "ears", ears("C3", "0.025"), {.561, 420}, {.392, 420}, {.917, 420}, {.0914, 420}},
      {"CDC",
       trial_design::weekly,
       "historical",
       {{"method", "cdc"}, {"alpha", "0.01"}},
       {.483, 420},
       {.371, 420},
       {.947, 420},
       {.0441, 420}},
      {"gamma-Poisson",
       trial_design::weekly,
       "gamma_poisson",
       {{"baseline", "26"}, {"guard", "3"}, {"alpha", "0.01"}},
       {.646, 420},
       {.363, 420},
       {.918, 420},
       {.0880, 420}},
      {"improved Farrington",
       trial_design::weekly,
       "farrington",
       {{"years", "5"}, {"alpha", "0.01"}, {"limit54", "5,4"}},
       {.510, 420},
       {.237, 420},
       {.991, 420},
       {.0094, 420}},
      {"C2, 28 days",
       trial_design::daily,
       "ears",
       {{"method", "C2"}, {"baseline", "28"}, {"min_sigma", "0.5"}, {"alpha", "0.001"}},
       {.739, 360},
       {.267, 360},
       {.9859, 360},
       {.0149, 360}},
      {"mean and deviations",
       trial_design::daily,
       "mean_ksd",
       {{"window", "365"}, {"k", "2"}},
       {.939, 360},
       {.487, 360},
       {.9487, 360},
       {.0565, 360}},
      {"gamma-Poisson, daily",
       trial_design::daily,
       "gamma_poisson",
       {{"alpha", "0.001"}},
       {.514, 360},
       {.154, 360},
       {.9972, 360},
       {.0030, 360}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const bool daily = r.design == trial_design::daily;
    const trial_plan plan{r.design, long_run() ? 2100U : daily ? 60U : 84U, 77};
    const auto tallies = score(plan, r.method, r.settings).as_set();
    const auto n = static_cast<double>(tallies.size());
    const auto got = quality_of(tallies, periods_a_year(r.design));
    CHECK(agree(got.found, n, r.found));
    CHECK(agree(got.sensitivity, n, r.sensitivity));
    CHECK(agree(got.specificity, n, r.specificity));
    CHECK(agree(got.quiet_rate, n, r.quiet_rate));
  }
}

TEST_CASE("at one false episode a series and year the odds find more than any other detector") {
  const trial_plan plan{trial_design::daily, long_run() ? 3000U : 80U, 41};
  struct row {
    const char* method;
    std::vector<setting> settings;
    reference found;
  };
  std::vector<row> rows{{"nb_multiwindow", {}, {.667, 360}}};
  if (long_run())
    rows.insert(rows.end(), {{"nb_multiwindow", {{"windows", "1,2,3,5,7,14"}}, {.681, 360}},
                             {"cusum", {{"baseline", "364"}}, {.672, 360}},
                             {"glr", without_limit("glr", {}), {.647, 360}},
                             {"gamma_poisson", {}, {.506, 360}}});
  const auto odds = score(plan, "outbreak_odds", without_limit("outbreak_odds", {})).at_one_episode();
  for (const auto& r : rows) {
    CAPTURE(r.method);
    const auto other = score(plan, r.method, r.settings).at_one_episode();
    const auto got = quality_of(other, 365);
    CHECK(agree(got.found, static_cast<double>(other.size()), r.found));
    const auto more = found_more(odds, other);
    INFO("more ", more.value, " ± ", more.error);
    CHECK(more.value > 0);
    if (long_run()) CHECK(more.value > 3 * more.error);
  }
}

TEST_CASE("scaled by what is usually there, late data cost little") {
  if (!long_run()) return;
  const trial_plan plan{trial_design::daily, 3000, 43};
  const auto settings = without_limit("outbreak_odds", {});
  const auto whole = score(plan, "outbreak_odds", settings).at_one_episode();
  const auto scaled = score(plan, "outbreak_odds", settings, lateness::scaled).at_one_episode();
  const auto ignored = score(plan, "outbreak_odds", settings, lateness::ignored).at_one_episode();
  CHECK(found_more(whole, scaled).value < 0.03);
  CHECK(found_more(scaled, ignored).value > 0.03);
  CHECK(quality_of(scaled, 365).delay_or_missed.value < quality_of(whole, 365).delay_or_missed.value + 1);
}
