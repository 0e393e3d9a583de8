// SPDX-License-Identifier: Apache-2.0
// Section 7 of the rule language from first principles, for the slow engine of naive_engine.hpp: each time it is asked,
// the whole series is laid out anew from all that is known, and a new method is asked period by period.
#pragma once

#include "rules/detectors/method.hpp"
#include "rules/plan.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace forewarn::rules::naive {

using std::chrono::days;

// How far a count reaches, and whether a method goes through a series from its start: as the rule language's docs say.
struct nature {
  int reach = 1;
  bool goes_through = false;
};
inline nature nature_of(const periodic_detector& how) {
  if (how.method == "nb_multiwindow") return {3, false}; // the tests' windows
  if (how.method == "outbreak_odds") return {10, false};
  if (how.method == "cusum" || how.method == "glr" || how.method == "essence") return {14, true};
  const bool sums =
      std::any_of(how.settings.begin(), how.settings.end(), [](const auto& one) { return one.second == "C3"; });
  return {sums ? 3 : 1, false};
}

struct lateness {
  int happened = 0, arrived = 0;
};

// What is known beside the records of the series.
struct period_world {
  const periodic_detector& how;
  const reference_data& reference;
  instant now;
  std::vector<std::pair<instant, std::optional<instant>>> silences;
  std::vector<lateness> arrivals; // of new records
  std::optional<int> at_work_since;

  [[nodiscard]] int day_of(instant at) const {
    return static_cast<int>(std::chrono::floor<days>(reference.local_zone.to_civil(at)).time_since_epoch().count());
  }
  [[nodiscard]] int of(instant at) const { return number_of(day_of(at)); }
  [[nodiscard]] int number_of(int day) const {
    return how.every == period_length::day ? day : static_cast<int>(std::floor((day + 3) / 7.0));
  }
  [[nodiscard]] int first_day(int which) const { return how.every == period_length::day ? which : which * 7 - 3; }
  [[nodiscard]] instant begin(int which) const {
    return reference.local_zone.to_instant(civil_time{days{first_day(which)}}).at;
  }
  [[nodiscard]] bool missing(int which) const {
    for (const auto& one : how.exclude)
      if (number_of(one.first) <= which && which <= number_of(one.last)) return true;
    return std::any_of(silences.begin(), silences.end(), [&](const auto& one) {
      return of(one.first) <= which && (!one.second || which <= of(*one.second));
    });
  }
  [[nodiscard]] double arrived_of(int which) const {
    const auto today = of(now), lag = std::max(today - which, 0);
    if (!how.scaled || !at_work_since || lag >= 14) return 1;
    const auto begun = *at_work_since;
    double all = 0, so_far = 0;
    for (const auto& one : arrivals) {
      const auto late = std::max(one.arrived - one.happened, 0);
      if (one.happened < begun || late > 14 || one.arrived >= today || one.arrived < today - 91) continue;
      all += 1;
      if (late <= lag) so_far += 1;
    }
    if (today - begun < (how.every == period_length::day ? 28 : 4) || all < 50) return 1;
    return (so_far + 1) / (all + 1);
  }
};

// A period's count of all, and of what is asked for; with and without the records of feeds that are new then.
struct period_sums {
  double all = 0, of = 0, all_known = 0, of_known = 0;
};
using sums_of = std::function<period_sums(int)>;

struct judged_period {
  forewarn::level level = level::amber;
  double value = 0, bound = 0;
};

inline std::optional<judged_period> judge(const period_world& in, int which, int first, const sums_of& sums) {
  const auto& how = in.how;
  const auto begin = how.since ? in.number_of(*how.since) : first;
  const auto from = std::max(begin, which - static_cast<int>(how.looks_back));
  const auto reach = nature_of(how).reach;
  detectors::series line;
  for (auto at = from; at <= which; ++at) {
    const auto sum = sums(at);
    const bool recent = at > which - reach;
    line.counts.push_back(how.of ? (recent ? sum.of_known : sum.of) : (recent ? sum.all_known : sum.all));
    if (how.of) line.population.push_back(recent ? sum.all_known : sum.all);
    line.days.push_back(in.first_day(at));
    line.completeness.push_back(in.arrived_of(at));
    if (at != which && in.missing(at)) line.counts.back() = detectors::not_counted;
  }
  if (line.counts.empty() || line.counts.back() <= 0) return {};
  const auto count = line.counts.back();
  std::optional<judged_period> out;
  for (const auto& level : how.levels) {
    std::vector<detectors::setting> settings;
    for (const auto& [key, value] : how.settings) settings.push_back({key, value});
    settings.push_back({"min_count", fmt::format("{}", how.min_count)});
    settings.push_back({"min_history", fmt::format("{}", how.min_history)});
    if (level.at_least > 0) settings.push_back({"alpha", fmt::format("{}", level.at_least)});
    const auto method = detectors::make_method(how.method, settings).value();
    if (which - begin < static_cast<int>(std::max(method.history, method.min_history))) return {};
    const auto last = line.size() - 1;
    if (nature_of(how).goes_through)
      for (std::size_t at = 0; at < last; ++at) (void)method.judge(line, at);
    auto told = detectors::judge_period(method, line, last);
    const auto arrived = in.arrived_of(which);
    if (how.method != "nb_multiwindow" && how.method != "outbreak_odds" && arrived < 1 && told.expected && told.bound) {
      const auto expected = *told.expected * arrived;
      told.bound = expected + (*told.bound - *told.expected) * std::sqrt(arrived);
      told.alarm = count > *told.bound && count >= how.min_count;
    }
    if (!told.alarm.value_or(false)) break;
    out = judged_period{level.level, count, told.bound.value_or(0)};
  }
  return out;
}

} // namespace forewarn::rules::naive
