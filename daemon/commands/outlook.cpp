// SPDX-License-Identifier: Apache-2.0
// `forewarn outlook`: every live series near its bound, and how many more records it would take. Asks the engine
// itself, over the store or over a file; changes nothing.
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/tuning/nearness.hpp"
#include "daemon/tuning/periods_now.hpp"
#include "rules/backtest.hpp"
#include "rules/detect/detector_kind.hpp"

#include <algorithm>
#include <cmath>
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
  std::optional<instant> newest;                 // none where the records are purged
  instant oldest_leaves;                         // the window, and the count falls
  std::optional<tuning::period_now> period = {}; // of a rule that counts by day or week
};

// A single record is news to these: nothing builds up.
bool builds_up(const rules::rule& one) {
  const auto name = rules::kind_of(one.detector).name;
  return one.status != rules::rule_status::off && name != "every_record" && name != "first_seen";
}

// Series of a periodic rule that have not the history to be judged.
struct warming {
  const rules::rule* by = nullptr;
  std::size_t series = 0, of = 0; // so many of all
  rules::period_state next;       // to be ready
};

void look_at_periods(const rules::rule& by, const std::shared_ptr<const reference_data>& reference,
                     const std::vector<const observation*>& records, const observations_read& past, instant now,
                     std::size_t within, std::vector<near_series>& out, std::vector<warming>& cold) {
  const auto activity = rules::activity_of(by, records, *reference);
  const auto all = tuning::periods_now(by, reference, past.taken, past.turns, past.purged, now);
  warming still{&by, 0, all.size(), {}};
  for (const auto& one : all) {
    const auto& state = one.state;
    if (state.warming_up()) {
      if (still.series++ == 0 || state.ready < still.next.ready) still.next = state;
      continue;
    }
    const auto ahead = one.ahead();
    if (ahead.empty() || ahead.front().from - state.count > static_cast<double>(within)) continue;
    const auto more = static_cast<std::size_t>(std::ceil(ahead.front().from - state.count));
    const tuning::step_up step{more, ahead.front().level, ahead.front().from, one.open.has_value()};
    std::optional<instant> newest;
    if (const auto of = activity.series.find(state.series); of != activity.series.end())
      newest = of->second.back()->occurred_at;
    out.push_back({&by, state.series, state.count, step, newest, state.window.to, one});
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

// "2 of 3", "1 more opens it amber"; by day or week "2 today", "3 would make it amber, 5 red".
std::string now_words(const near_series& one) {
  return one.period ? tuning::count_words(*one.period, *one.by)
                    : fmt::format("{:g} of {:.3g}", one.count, one.step.bound);
}

std::string more_words(const near_series& one) {
  if (one.period) return tuning::ahead_words(*one.period);
  return fmt::format("{} more {} it {}", one.step.more, one.step.raises ? "raises" : "opens", to_text(one.step.level));
}

void say_warming(const std::vector<warming>& cold, const reference_data& reference) {
  for (const auto& one : cold)
    std::cout << fmt::format("{}: {} of {} series {} warming up and cannot signal yet: each needs {} of history. The "
                             "next, {}, is ready on {}.\n",
                             one.by->id.str(), one.series, one.of, one.series == 1 ? "is" : "are",
                             tuning::periods_words(one.next.needed, *one.by),
                             rules::series_text(one.next.series, reference),
                             reference.local_zone.format(one.next.ready).substr(0, 10));
}

void say(const std::vector<near_series>& all, const std::vector<warming>& cold, const reference_data& reference,
         instant now) {
  const auto& local = reference.local_zone;
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : all)
    rows.push_back({one.by->id.str(), rules::series_text(one.series, reference), now_words(one), more_words(one),
                    one.newest ? local.format(*one.newest).substr(0, 16) : std::string{"-"},
                    local.format(one.oldest_leaves).substr(0, 16)});
  std::cout << fmt::format("At {}:\n", local.format(now));
  if (rows.empty())
    std::cout << "No series is that near to its bound.\n";
  else
    std::cout << as_table({"RULE", "SERIES", "NOW", "WHAT IT TAKES", "NEWEST", "FALLS AT"}, rows);
  say_warming(cold, reference);
}

void write(const std::vector<near_series>& all, const std::vector<warming>& cold, instant now) {
  json::array out, still;
  for (const auto& one : cold)
    still.push_back({{"rule", one.by->id.str()},
                     {"series", one.series},
                     {"of", one.of},
                     {"history", one.next.history},
                     {"needed", one.next.needed},
                     {"next_ready", format_rfc3339(one.next.ready)}});
  for (const auto& one : all) {
    json::object series;
    for (const auto& [field, value] : one.series) series[field] = value;
    json::array steps;
    if (one.period)
      for (const auto& step : one.period->ahead())
        steps.push_back({{"level", to_text(step.level)}, {"from", step.from}});
    out.push_back({{"rule", one.by->id.str()},
                   {"series", std::move(series)},
                   {"count", one.count},
                   {"bound", one.step.bound},
                   {"more", one.step.more},
                   {"level", to_text(one.step.level)},
                   {"raises", one.step.raises},
                   {"steps", std::move(steps)},
                   {"newest", one.newest ? json::value(format_rfc3339(*one.newest)) : json::value{}},
                   {"falls_at", format_rfc3339(one.oldest_leaves)}});
  }
  std::cout << json::serialize(json::object{
                   {"at", format_rfc3339(now)}, {"series", std::move(out)}, {"warming_up", std::move(still)}})
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
  std::vector<warming> cold;
  {
    progress_bar progress{rules->rules.size(), "rules"};
    std::size_t done = 0;
    for (const auto& one : rules->rules) {
      const bool wanted = builds_up(one) && (what.rule.empty() || one.id.str() == what.rule);
      if (wanted && std::holds_alternative<rules::periodic_detector>(one.detector))
        look_at_periods(one, known.data, records, *past, now.value_or(instant{}), what.within, all, cold);
      else if (wanted)
        look_at(one, known.data, records, now.value_or(instant{}), what.within, all);
      progress.at(++done);
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.step.more, b.step.level, a.by->id) < std::tie(b.step.more, a.step.level, b.by->id);
  });
  if (shared.output == "json")
    write(all, cold, now.value_or(instant{}));
  else
    say(all, cold, *known.data, now.value_or(instant{}));
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
      "count by day or week, NOW is what the period holds, and FALLS AT is its end; the counts that would be amber\n"
      "or red are whole days' or weeks', as are their bounds. Series that have not the history to be judged are told\n"
      "as warming up, with the day on which the next is ready.\n"
      "Examples:\n"
      "  forewarn outlook\n"
      "  forewarn outlook opioid-callouts-ward --within 1");
  verb->fallthrough();
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
