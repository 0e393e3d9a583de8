// SPDX-License-Identifier: Apache-2.0
// `forewarn outlook`: every live series near its bound, and how many more records it would take. Asks the engine
// itself, over the store or over a file; changes nothing.
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/tuning/nearness.hpp"
#include "daemon/tuning/scan_look.hpp"
#include "rules/backtest.hpp"
#include "rules/detect/detector_kind.hpp"
#include "rules/held_rules.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <tuple>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct asked {
  std::string rule, rules, observations, at;
  std::size_t within = 2;
};

struct near_series {
  const rules::rule* by = nullptr;
  series_key series;
  double count = 0; // in the window that ends now
  tuning::step_up step;
  instant newest;
  instant oldest_leaves; // the window, and the count falls
};

// A single record is news to these: nothing builds up.
bool builds_up(const rules::rule& one) {
  const auto name = rules::kind_of(one.detector).name;
  return one.status != rules::rule_status::off && name != "every_record" && name != "first_seen";
}

// The best cluster of a series of a scan rule, as if the day that goes on had ended.
struct near_cluster {
  const rules::rule* by = nullptr;
  series_key series;
  rules::cluster best;
  std::string words;
};

// Series of a periodic rule that have not the history to be judged.
struct warming {
  const rules::rule* by = nullptr;
  std::size_t series = 0, of = 0;      // so many of all
  std::size_t history = 0, needed = 0; // of the one that is next
};

// Where every series of a periodic rule stands now, by the engine's own book of it.
std::vector<rules::period_state> states_of(const rules::rule& by,
                                           const std::shared_ptr<const reference_data>& reference,
                                           const std::vector<observation>& taken, instant now) {
  rules::engine running{tuning::alone(by, reference)};
  std::vector<signal_event> unheard;
  for (const auto& one : taken) {
    if (rules::observes(by, one.key.feed, one.kind)) running.observe(one, unheard);
    unheard.clear();
  }
  return running.period_states(now);
}

void look_at_periods(const rules::rule& by, const std::shared_ptr<const reference_data>& reference,
                     const std::vector<const observation*>& records, const std::vector<observation>& taken, instant now,
                     std::size_t within, std::vector<near_series>& out, std::vector<warming>& cold) {
  const auto states = states_of(by, reference, taken, now);
  const auto activity = rules::activity_of(by, records, *reference);
  const auto* first = tuning::first_observed(by, records);
  const auto rule = tuning::alone(by, reference);
  warming still{&by, 0, states.size(), 0, 0};
  for (const auto& one : states) {
    if (one.warming_up()) {
      ++still.series;
      still.history = std::max(still.history, one.history);
      still.needed = one.needed;
    }
    const auto all = activity.series.find(one.series);
    if (!one.bound || one.count <= 0 || all == activity.series.end()) continue;
    auto by_arrival = all->second;
    std::stable_sort(by_arrival.begin(), by_arrival.end(),
                     [](const auto* a, const auto* b) { return a->received_at < b->received_at; });
    tuning::begin_with(first, by_arrival);
    const auto step = tuning::next_step(rule, one.series, by_arrival, now, within);
    if (step) out.push_back({&by, one.series, one.count, *step, all->second.back()->occurred_at, one.window.to});
  }
  if (still.series > 0) cold.push_back(still);
}

void look_at_clusters(const rules::rule& by, const std::shared_ptr<const reference_data>& reference,
                      const observations_read& past, instant now, std::vector<near_cluster>& out,
                      std::vector<warming>& cold) {
  const tuning::scan_look look{by, reference};
  const auto all = look.at_end_of(look.day_of(now), past.taken, past.turns, now + duration{1});
  warming still{&by, 0, all.size(), 0, look.how().min_history};
  for (const auto& one : all) {
    if (one.history < still.needed) {
      ++still.series;
      still.history = std::max(still.history, one.history);
    }
    if (one.best) out.push_back({&by, one.series, *one.best, look.words(*one.best) + look.lacking_words(*one.best)});
  }
  if (still.series > 0) cold.push_back(still);
}

void look_at(const rules::rule& by, const std::shared_ptr<const reference_data>& reference,
             const std::vector<const observation*>& records, instant now, std::size_t within,
             std::vector<near_series>& out) {
  const auto rule = tuning::alone(by, reference);
  const auto window = tuning::window_of(by);
  const auto* first = tuning::first_observed(by, records);
  for (const auto& [series, all] : rules::activity_of(by, records, *reference).series) {
    std::vector<const observation*> inside;
    for (const auto* one : all)
      if (one->occurred_at > now - window && one->occurred_at <= now) inside.push_back(one);
    if (inside.empty()) continue;
    auto by_arrival = all;
    std::stable_sort(by_arrival.begin(), by_arrival.end(),
                     [](const auto* a, const auto* b) { return a->received_at < b->received_at; });
    tuning::begin_with(first, by_arrival);
    const auto step = tuning::next_step(rule, series, by_arrival, now, within);
    if (step)
      out.push_back({&by, series, tuning::counted(by, inside), *step, inside.back()->occurred_at,
                     inside.front()->occurred_at + window});
  }
}

std::string more_words(const tuning::step_up& step) {
  return fmt::format("{} more {} it {}", step.more, step.raises ? "raises" : "opens", to_text(step.level));
}

std::string_view unit_of(const rules::rule& by) {
  const auto* made = std::get_if<rules::periodic_detector>(&by.detector);
  return made != nullptr && made->every == rules::period_length::week ? "weeks" : "days";
}

void say_warming(const std::vector<warming>& cold) {
  for (const auto& one : cold)
    std::cout << fmt::format("{}: {} of {} series are warming up: they have {} or fewer of the {} {} before them that "
                             "the rule needs, and cannot signal yet.\n",
                             one.by->id.str(), one.series, one.of, one.history, one.needed, unit_of(*one.by));
}

void say(const std::vector<near_series>& all, const std::vector<near_cluster>& clusters,
         const std::vector<warming>& cold, const reference_data& reference, instant now) {
  const auto& local = reference.local_zone;
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : all)
    rows.push_back({one.by->id.str(), rules::series_text(one.series, reference),
                    fmt::format("{:g} of {:.3g}", one.count, one.step.bound), more_words(one.step),
                    local.format(one.newest).substr(0, 16), local.format(one.oldest_leaves).substr(0, 16)});
  std::cout << fmt::format("At {}:\n", local.format(now));
  if (rows.empty())
    std::cout << "No series is that near to its bound.\n";
  else
    std::cout << as_table({"RULE", "SERIES", "NOW", "WHAT IT TAKES", "NEWEST", "FALLS AT"}, rows);
  for (const auto& one : clusters)
    std::cout << fmt::format("{}, {}: if the day ended now, the best cluster would be {}.\n", one.by->id.str(),
                             rules::series_text(one.series, reference), one.words);
  say_warming(cold);
}

json::object series_json(const series_key& of) {
  json::object out;
  for (const auto& [field, value] : of) out[field] = value;
  return out;
}

void write(const std::vector<near_series>& all, const std::vector<near_cluster>& clusters,
           const std::vector<warming>& cold, instant now) {
  json::array out, still, near;
  for (const auto& one : clusters) {
    near.push_back({{"rule", one.by->id.str()},
                    {"series", series_json(one.series)},
                    {"observed", one.best.observed},
                    {"expected", one.best.expected},
                    {"llr", one.best.llr},
                    {"recurrence_days", one.best.recurrence_days},
                    {"places", one.best.places.size()},
                    {"days", one.best.last - one.best.first + 1},
                    {"words", one.words}});
    near.back().as_object()["level"] = one.best.level ? json::value(to_text(*one.best.level)) : json::value{};
  }
  for (const auto& one : cold)
    still.push_back({{"rule", one.by->id.str()},
                     {"series", one.series},
                     {"of", one.of},
                     {"history", one.history},
                     {"needed", one.needed}});
  for (const auto& one : all) {
    out.push_back({{"rule", one.by->id.str()},
                   {"series", series_json(one.series)},
                   {"count", one.count},
                   {"bound", one.step.bound},
                   {"more", one.step.more},
                   {"level", to_text(one.step.level)},
                   {"raises", one.step.raises},
                   {"newest", format_rfc3339(one.newest)},
                   {"falls_at", format_rfc3339(one.oldest_leaves)}});
  }
  std::cout << json::serialize(json::object{{"at", format_rfc3339(now)},
                                            {"series", std::move(out)},
                                            {"clusters", std::move(near)},
                                            {"warming_up", std::move(still)}})
            << '\n';
}

outcome run(const context& shared, const asked& what) {
  const auto known = find_reference(shared, what.rules.empty() ? std::vector<std::string>{} : std::vector{what.rules},
                                    reading_for::past);
  const auto rules = rules_from(known, what.rules);
  if (!rules) return outcome::failed;
  if (!what.rule.empty() && rule_named(*rules, what.rule) == nullptr) return outcome::failed;
  std::optional<instant> now;
  if (!read_option_time("--at", what.at, known.data->local_zone, now)) return outcome::usage;
  auto past = past_records(shared, what.observations);
  if (!past) return outcome::failed;
  if (now) std::erase_if(past->taken, [&](const observation& one) { return one.received_at > *now; });
  if (!now)
    for (const auto& one : past->taken) now = std::max(now.value_or(one.received_at), one.received_at);
  const auto records = rules::standing(past->taken);
  std::vector<near_series> all;
  std::vector<near_cluster> clusters;
  std::vector<warming> cold;
  {
    progress_bar progress{rules->rules.size(), "rules"};
    std::size_t done = 0;
    for (const auto& one : rules->rules) {
      const bool wanted = builds_up(one) && (what.rule.empty() || one.id.str() == what.rule);
      if (wanted && std::holds_alternative<rules::periodic_detector>(one.detector))
        look_at_periods(one, known.data, records, past->taken, now.value_or(instant{}), what.within, all, cold);
      else if (wanted && std::holds_alternative<rules::scan_detector>(one.detector))
        look_at_clusters(one, known.data, *past, now.value_or(instant{}), clusters, cold);
      else if (wanted)
        look_at(one, known.data, records, now.value_or(instant{}), what.within, all);
      progress.at(++done);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.step.more, b.step.level, a.by->id) < std::tie(b.step.more, a.step.level, b.by->id);
  });
  if (shared.output == "json")
    write(all, clusters, cold, now.value_or(instant{}));
  else
    say(all, clusters, cold, *known.data, now.value_or(instant{}));
  return outcome::done;
}

} // namespace

void add_outlook(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("outlook", "every live series near its bound, and how far it is from it");
  const auto what = std::make_shared<asked>();
  verb->add_option("RULE", what->rule, "one rule; default: all that count");
  verb->add_option("--within", what->within, "series that so many more records would open or raise")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  verb->add_option("--at", what->at, "as it was then; default: the last record's arrival")->type_name("TIME");
  verb->add_option("--rules", what->rules, "rule files: a folder or a file; default: CONFIG/rules.d")
      ->type_name("PATH");
  verb->add_option("--observations", what->observations, "NDJSON, plain or gzipped; default: the store")
      ->type_name("FILE");
  verb->footer(
      "NOW is what the window that ends now holds; FALLS AT is when its oldest record leaves it. Of rules that\n"
      "count by day or week, NOW is what the period holds, and FALLS AT is its end; series that have not the\n"
      "history to be judged are told as warming up. Of scan rules, which look when a day ends, it tells the best\n"
      "cluster as if the day ended now.\n"
      "Examples:\n"
      "  forewarn outlook\n"
      "  forewarn outlook opioid-callouts-ward --within 1");
  verb->fallthrough();
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
