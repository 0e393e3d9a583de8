// SPDX-License-Identifier: Apache-2.0
#include "daemon/evaluate/evaluation.hpp"

#include "daemon/evaluate/on_all_cores.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>

namespace forewarn::evaluate {
namespace {

using namespace detectors;

constexpr double most_behind = 100'000; // periods

// "ears method=C2": the name and its settings.
result<std::pair<std::string, std::vector<detectors::setting>>, std::string> words_of(const std::string& written) {
  std::istringstream in{written};
  std::pair<std::string, std::vector<detectors::setting>> out;
  in >> out.first;
  for (std::string word; in >> word;) {
    const auto equals = word.find('=');
    if (equals == std::string::npos || equals == 0)
      return failure(
          fmt::format("'{}': after the method's name come settings, as '{} alpha=0.01'", written, out.first));
    out.second.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return out;
}

std::vector<group_quality> by_groups(const trials& on, const std::vector<tally>& tallies) {
  std::vector<group_quality> out{{"", quality_of(tallies, on.periods_a_year)}};
  std::map<std::string, std::vector<tally>> kinds, means;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const auto& one = on.all[i];
    if (!one.kind.empty()) kinds[one.kind].push_back(tallies[i]);
    if (!one.mean.empty()) means["mean " + one.mean].push_back(tallies[i]);
  }
  for (const auto* groups : {&kinds, &means})
    for (const auto& [name, of] : *groups) out.push_back({name, quality_of(of, on.periods_a_year)});
  return out;
}

// "behind=365": no method's, but ours.
result<std::optional<std::size_t>, std::string> take_behind(std::vector<setting>& settings) {
  const auto said =
      std::find_if(settings.begin(), settings.end(), [](const setting& one) { return one.key == "behind"; });
  if (said == settings.end()) return std::optional<std::size_t>{};
  const auto periods = detectors::read_number(said->value);
  if (!periods || *periods < 1 || *periods > most_behind)
    return failure(
        fmt::format("behind={}: expected how many periods lie before the first that is judged", said->value));
  settings.erase(said);
  return std::optional{static_cast<std::size_t>(*periods)};
}

// As if its records had begun so many periods before the first that is judged.
trial begun_later(const trial& about, std::size_t behind) {
  auto out = about;
  if (behind >= about.from) return out;
  const auto gone = about.from - behind;
  const auto cut = [&](auto& line) {
    if (!line.empty()) line.erase(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(gone));
  };
  for (auto* line : {&out.seen.counts, &out.seen.population, &out.seen.expected, &out.seen.completeness, &out.quiet,
                     &out.same_day, &out.quiet_same_day})
    cut(*line);
  if (out.seen.weekdays.empty() && out.seen.days.empty()) { // the first period was a Monday
    out.seen.weekdays.resize(about.seen.size());
    for (std::size_t at = 0; at < about.seen.size(); ++at)
      out.seen.weekdays[at] = static_cast<std::uint8_t>(about.seen.weekday(at));
  }
  cut(out.seen.days);
  cut(out.seen.weekdays);
  out.from -= gone;
  out.to -= gone;
  for (auto& one : out.outbreaks) {
    one.first -= gone;
    one.last -= gone;
  }
  return out;
}

} // namespace

result<contender, std::string> method_contender(const std::string& written, const look_options& by) {
  auto words = words_of(written);
  if (!words) return failure(words.error());
  const auto behind = take_behind(words->second);
  if (!behind) return failure(behind.error());
  auto settings = without_limit(words->first, words->second);
  const auto made = make_method(words->first, settings);
  if (!made) return failure(made.error());
  if (made->remembers && by.late != lateness::none)
    return failure(fmt::format("{} adds up what it saw and cannot be asked twice about a day: it takes no part where "
                               "data come late",
                               made->name));
  if (made->wants_population)
    return failure(fmt::format("{} needs a population, which these series do not have", made->name));
  contender out;
  out.name = written;
  out.comparable = made->score != score_is::its_own;
  const bool own_limit = settings.size() != words->second.size();
  out.look = [name = words->first, plain = words->second, settings, own_limit, behind = *behind,
              by](const trial& whole) {
    const auto cut = behind ? std::optional{begun_later(whole, *behind)} : std::nullopt;
    const auto& about = cut ? *cut : whole;
    auto said = look_at(about, name, settings, by);
    if (!own_limit) return said;
    const auto as_set = look_at(about, name, plain, by); // where alarms begin it anew
    said.seen.alarm = as_set.seen.alarm;
    said.quiet.alarm = as_set.quiet.alarm;
    return said;
  };
  return out;
}

trials make_trials(const trial_plan& plan) {
  trials out;
  out.all.resize(trials_in(plan));
  run_on_all_cores(out.all.size(), [&](std::size_t i) { out.all[i] = make_trial(plan, i); });
  out.periods_a_year = periods_a_year(plan.design);
  out.period = plan.design == trial_design::daily ? "day" : "week";
  return out;
}

std::vector<contender_score> evaluate_all(const trials& on, const std::vector<contender>& all,
                                          const evaluation_options& by) {
  std::vector<contender_score> out;
  std::vector<tally> first; // of the first that is matched
  const auto n = on.all.size();
  for (std::size_t c = 0; c < all.size(); ++c) {
    std::vector<said_of_trial> said(n);
    run_on_all_cores(
        n, [&](std::size_t i) { said[i] = all[c].look(on.all[i]); },
        [&](std::size_t done) {
          if (by.progress) by.progress(c * n + done);
        });
    auto& score = out.emplace_back();
    score.name = all[c].name;
    std::vector<tally> tallies(n);
    for (std::size_t i = 0; i < n; ++i) tallies[i] = tally_of(on.all[i], said[i]);
    score.as_set = by_groups(on, tallies);
    const bool twins = std::none_of(said.begin(), said.end(), [](const auto& one) { return one.quiet.alarm.empty(); });
    if (!all[c].comparable || by.episodes_a_year <= 0 || !twins) continue;
    score.matched = true;
    score.limit = limit_for(on.all, said, by.episodes_a_year, on.periods_a_year);
    for (std::size_t i = 0; i < n; ++i) tallies[i] = tally_at(on.all[i], said[i], score.limit);
    score.at_equal = by_groups(on, tallies);
    if (first.empty())
      first = tallies;
    else
      score.more = found_more(tallies, first);
  }
  return out;
}

std::vector<std::string> usual_contenders(trial_design design, bool late) {
  if (design == trial_design::weekly)
    return {"farrington alpha=0.01 limit54=5,4",
            "farrington alpha=0.01 limit54=5,4 threshold=delta",
            "farrington version=original years=5 alpha=0.02",
            "ears method=C1 baseline=7 min_sigma=0 alpha=0.001",
            "ears method=C2 baseline=7 min_sigma=0 alpha=0.001",
            "ears method=C3 baseline=7 min_sigma=0 alpha=0.025",
            "historical method=cdc alpha=0.01",
            "historical method=bayes years=0 half_window=6 alpha=0.05",
            "gamma_poisson baseline=26 guard=3 alpha=0.01",
            "mean_ksd window=52 k=2"};
  std::vector<std::string> out{"outbreak_odds",
                               "nb_multiwindow",
                               "nb_multiwindow windows=1,2,3,5,7,14",
                               "gamma_poisson",
                               "ears method=C2 baseline=28",
                               "mean_ksd window=365"};
  if (!late) out.insert(out.end(), {"cusum baseline=364", "glr", "essence method=ewma"});
  return out;
}

} // namespace forewarn::evaluate
