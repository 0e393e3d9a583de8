// SPDX-License-Identifier: Apache-2.0
// A year from the store through the starter rules, as `forewarn backtest` does it: `year_bench [RECORDS]`, a million
// unless said otherwise; a nation's year is 30 million. Reading alone, and reading and evaluating, in the same run.
#include "bench/years.hpp"
#include "daemon/commands/read_ahead.hpp"
#include "daemon/store/open.hpp"
#include "rules/backtest.hpp"
#include "support/temp_dir.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <malloc.h>

using namespace forewarn;

namespace {

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void fill(store& into, const reference_data& reference, std::int64_t records) {
  bench::years next{reference, records};
  into.begin();
  for (std::int64_t i = 0; i < records; ++i) {
    into.append(next());
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
  const auto rules = bench::starter_rules(reference);
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
