// SPDX-License-Identifier: Apache-2.0
// A year from the store through the starter rules, as `forewarn backtest` does it: `year_bench [RECORDS]`, a million
// unless said otherwise; a nation's year is 30 million. Reading alone, and reading and evaluating, in the same run.
#include "daemon/commands/read_ahead.hpp"
#include "daemon/store/open.hpp"
#include "rules/backtest.hpp"
#include "support/alerting_scene.hpp"
#include "support/temp_dir.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include <fmt/format.h>
#include <malloc.h>

using namespace forewarn;

namespace {

constexpr std::int64_t year_of_seconds = 365LL * 24 * 3600;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::shared_ptr<const rules::rule_set> starter_rules(const std::shared_ptr<const reference_data>& reference) {
  std::vector<source_text> files;
  for (const auto& one : std::filesystem::directory_iterator{std::string{FOREWARN_SOURCE_DIR} + "/etc/rules.d"}) {
    if (one.path().extension() != ".yaml") continue;
    std::ifstream in{one.path()};
    files.push_back({one.path().filename().string(), {std::istreambuf_iterator<char>{in}, {}}});
  }
  auto loaded = rules::load_rules(files, reference);
  for (const auto& wrong : loaded.found)
    if (wrong.how == severity::error) throw std::runtime_error{wrong.message};
  return loaded.rules;
}

// Call-outs and what goes with them, over all wards of the table: one in thirty later than three days, one in fifty
// corrected.
void fill(store& into, const reference_data& reference, std::int64_t records) {
  std::vector<const area*> wards;
  for (const auto& one : reference.areas.rows())
    if (one.level == area_level::ward) wards.push_back(&one);
  constexpr const char* kinds[] = {"ambulance", "ambulance", "ambulance", "attendance", "naloxone", "drug_test"};
  constexpr const char* drugs[] = {"heroin", "cocaine", "alcohol", "diazepam", "pregabalin", "bromazolam"};
  constexpr const char* settings[] = {"street", "home", "hostel"};
  const instant begin{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};
  std::mt19937 dice{7};
  into.begin();
  for (std::int64_t i = 0; i < records; ++i) {
    observation one;
    const auto* kind = kinds[dice() % 6];
    const bool corrects = i > 100 && dice() % 50 == 0;
    one.key = {feed_id{kind}, record_id{std::to_string(corrects ? i - static_cast<std::int64_t>(dice() % 100) : i)}};
    one.kind = kind_id{kind};
    one.revision = corrects ? 2 : 1;
    const auto at = begin + std::chrono::microseconds{i * (year_of_seconds * 1'000'000 / records)};
    one.received_at = at;
    one.has_own_received_at = true;
    one.occurred_at = at - std::chrono::minutes{dice() % 30 == 0 ? dice() % 10'000 : dice() % 60};
    const auto* ward = wards[dice() % wards.size()];
    one.ward = ward->code;
    one.substances = {substance_id{drugs[dice() % 6]}};
    one.setting = setting_id{settings[dice() % 3]};
    one.person = person_id{"p:" + std::to_string(dice() % 300'000)};
    if (dice() % 3 == 0) one.incident = incident_id{"i:" + std::to_string(i / 2)};
    into.append(one);
    if (i % 20'000 == 19'999) {
      into.commit();
      into.begin();
    }
  }
  into.commit();
}

} // namespace

int main(int count, char** given) {
  const std::int64_t records = count > 1 ? std::atoll(given[1]) : 1'000'000;
  const test::temp_dir folder;
  const auto reference = test::shipped_reference();
  const auto rules = starter_rules(reference);
  {
    auto made = open_store(folder.path());
    if (!made) throw std::runtime_error{made.error()};
    fmt::print("{} records over a year into a store: {:.0f} s\n", records,
               seconds_of([&] { fill(**made, *reference, records); }));
  }
  const auto reader = open_reader(folder.path()).value();
  std::int64_t seen = 0;
  const auto reading = seconds_of([&] { reader->each_revision([&](const observation&) { ++seen; }); });
  rules::backtest_run running{rules, {}};
  const auto evaluating = seconds_of(
      [&] { commands::each_revision_ahead(*reader, [&](const observation& one) { (void)running.take(one); }); });
  const auto report = running.finish();
  fmt::print("reading alone {:.1f} s ({:.0f}/s), reading and {} rules {:.1f} s ({:.0f}/s), {} signals, {} MB held\n",
             reading, static_cast<double>(seen) / reading, rules->rules.size(), evaluating,
             static_cast<double>(seen) / evaluating, report.signals.size(), mallinfo2().uordblks / 1'000'000);
  fmt::print("a nation's year of 30 million at this rate: {:.0f} s\n", 30e6 / static_cast<double>(seen) * evaluating);
  return 0;
}
