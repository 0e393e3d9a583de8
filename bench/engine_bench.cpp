// SPDX-License-Identifier: Apache-2.0
// Observations per second through the engine: a year of one city's records, in order and with stragglers. `observe`: 10
// and 100 rules that nearly all match every record; the second number is the records already behind it: cost must not
// grow. `meet`: up to 10,000 rules, each on one drug in one ward, or half of them on all drugs of a ward, so that many
// rules meet each record ("met" says how many). Items per second are what to read.
#include "rules/engine.hpp"
#include "rules/engine_world.hpp"

#include <benchmark/benchmark.h>

#include <optional>
#include <random>

#include <malloc.h>

using namespace forewarn;
using namespace forewarn::rules;
using namespace forewarn::rules::world;

namespace {

std::vector<observation> records(std::size_t count) {
  std::mt19937 dice{7};
  std::vector<observation> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto now = static_cast<double>(i) * 0.1;
    const double delay = dice() % 20 == 0 ? dice() % 48 : 0;
    out.push_back(seen(std::to_string(i), now - delay, now));
    out.back().ward = area_code{"W" + std::to_string(dice() % 100)};
    if (dice() % 3 == 0) out.back().substances = {substance_id{"cocaine"}};
    if (dice() % 4 == 0) out.back().incident = incident_id{std::to_string(dice() % count)};
  }
  return out;
}

std::shared_ptr<const rule_set> rules_of(std::size_t count) {
  std::vector<rule> all;
  for (std::size_t i = 0; i < count; ++i) {
    auto by = i % 10 == 9 ? first_seen_rule() : count_rule(std::chrono::hours{6 + i % 48}, 8, 12);
    by.id = rule_id{"rule-" + std::to_string(1000 + i)};
    by.where = drugs_of(i % 2 == 0 ? "opioid" : "stimulant");
    if (i % 10 == 8) by.for_each.clear();
    all.push_back(std::move(by));
  }
  return set_of(std::move(all));
}

void observe(benchmark::State& state) {
  const auto rules = rules_of(static_cast<std::size_t>(state.range(0)));
  const auto behind = static_cast<std::size_t>(state.range(1));
  constexpr std::size_t measured = 5'000;
  const auto all = records(behind + measured);
  for (auto _ : state) {
    state.PauseTiming();
    std::optional<rules::engine> running{std::in_place, rules}; // taken down outside the time measured
    std::vector<signal_event> out;
    const auto take = [&](std::size_t i) {
      running->observe(all[i], out);
      benchmark::DoNotOptimize(out);
      out.clear();
    };
    for (std::size_t i = 0; i < behind; ++i) take(i);
    state.ResumeTiming();
    for (std::size_t i = behind; i < all.size(); ++i) take(i);
    state.PauseTiming();
    running.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(measured));
}

constexpr int wards = 200, drugs = 100;

std::shared_ptr<const reference_data> wide_reference() {
  auto out = std::make_shared<reference_data>();
  std::vector<substance> words;
  for (int i = 0; i < drugs; ++i) words.push_back({.id = substance_id{"drug-" + std::to_string(i)}, .name = "drug"});
  out->substances = vocabulary{std::move(words)};
  std::vector<area> rows;
  for (int i = 0; i < wards; ++i) {
    auto& one = rows.emplace_back();
    one.code = area_code{"W" + std::to_string(i)};
    one.level = area_level::ward;
  }
  out->areas = area_table{std::move(rows)};
  return out;
}

std::shared_ptr<const rule_set> selective_rules(std::size_t count, bool half_by_place) {
  auto out = std::make_shared<rule_set>();
  out->reference = wide_reference();
  const auto drug = [](std::size_t i) {
    const auto which = static_cast<substance_index>(i % drugs);
    return condition{
        test{{field::substances, {}}, one_of_substances{{{substance_id{"drug-" + std::to_string(which)}, {which}}}}}};
  };
  const auto ward = [](std::size_t i) {
    const auto which = static_cast<area_index>(i % wards);
    return condition{test{{field::ward, {}}, one_of_areas{{{area_code{"W" + std::to_string(which)}, {which}}}}}};
  };
  for (std::size_t i = 0; i < count; ++i) {
    auto by = count_rule(std::chrono::hours{6 + i % 48}, 8, 12);
    by.id = rule_id{"rule-" + std::to_string(10'000 + i)};
    if (half_by_place)
      by.where = i % 2 == 0 ? condition{all_parts{{drug(i / 2), ward(i / 2 / drugs + i)}}} : ward(i);
    else
      by.where = condition{all_parts{{drug(i), ward(i / drugs)}}};
    out->rules.push_back(std::move(by));
  }
  return out;
}

void meet(benchmark::State& state) {
  const auto rules = selective_rules(static_cast<std::size_t>(state.range(0)), state.range(1) != 0);
  std::mt19937 dice{7};
  std::vector<observation> all;
  for (std::size_t i = 0; i < 20'000; ++i) {
    const auto now = static_cast<double>(i) * 0.1;
    all.push_back(seen(std::to_string(i), now, now));
    all.back().ward = area_code{"W" + std::to_string(dice() % wards)};
    all.back().substances = {substance_id{"drug-" + std::to_string(dice() % drugs)}};
  }
  for (auto _ : state) {
    state.PauseTiming();
    const auto before = mallinfo2().uordblks;
    std::optional<rules::engine> running{std::in_place, rules};
    std::vector<signal_event> out;
    state.ResumeTiming();
    for (const auto& one : all) {
      running->observe(one, out);
      benchmark::DoNotOptimize(out);
      out.clear();
    }
    state.PauseTiming();
    std::size_t series = 0, met = 0;
    for (const auto& one : running->counters()) {
      series += one.series;
      met += one.observations;
    }
    state.counters["met"] = static_cast<double>(met) / static_cast<double>(all.size());
    const auto held = static_cast<double>(mallinfo2().uordblks - before);
    state.counters["series"] = static_cast<double>(series);
    state.counters["bytes/series"] = held / static_cast<double>(series);
    state.counters["bytes/record"] = held / static_cast<double>(all.size());
    running.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
}

} // namespace

BENCHMARK(meet)
    ->ArgNames({"rules", "half by place"})
    ->ArgsProduct({{10, 100, 1'000, 10'000}, {0, 1}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(observe)
    ->ArgNames({"rules", "behind"})
    ->Args({10, 0})
    ->Args({10, 80'000})
    ->Args({100, 0})
    ->Args({100, 80'000})
    ->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
