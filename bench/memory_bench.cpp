// SPDX-License-Identifier: Apache-2.0
// What the engine holds after years of records, and how long its snapshot takes to be read back: what a start costs
// beside the records that came since. `memory_bench [RECORDS A YEAR] [YEARS]`
#include "bench/years.hpp"
#include "rules/engine.hpp"
#include "rules/snapshot.hpp"

#include <chrono>
#include <cstdlib>

#include <fmt/format.h>
#include <malloc.h>

using namespace forewarn;

namespace {

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double held() {
  return static_cast<double>(mallinfo2().uordblks) / 1e6;
}

} // namespace

int main(int count, char** given) {
  const std::int64_t a_year = count > 1 ? std::atoll(given[1]) : 200'000;
  const int all_years = count > 2 ? std::atoi(given[2]) : 5;
  const auto reference = test::shipped_reference();
  const auto rules = bench::starter_rules(reference);
  bench::years next{*reference, a_year * all_years, static_cast<double>(all_years)};
  const auto before = held();
  rules::engine running{rules};
  std::vector<signal_event> out;
  fmt::print("{:>5} {:>12} {:>14} {:>9} {:>12} {:>12}\n", "year", "records", "per second", "MB held", "snapshot MB",
             "read back s");
  for (int year = 1; year <= all_years; ++year) {
    auto start = std::chrono::steady_clock::now();
    for (std::int64_t i = 0; i < a_year; ++i) {
      running.observe(next(), out);
      out.clear();
    }
    const auto spent = since(start);
    const auto holds = held() - before;
    std::string kept;
    rules::snapshot_writer to{[&kept](const char* bytes, std::size_t size) { kept.append(bytes, size); }};
    running.save(to);
    to.finish();
    start = std::chrono::steady_clock::now();
    rules::snapshot_reader from{kept};
    const auto back = rules::engine::restore(rules, from);
    fmt::print("{:>5} {:>12} {:>14.0f} {:>9.0f} {:>12.0f} {:>12.2f}\n", year, a_year * year,
               static_cast<double>(a_year) / spent, holds, static_cast<double>(kept.size()) / 1e6, since(start));
  }
  return 0;
}
