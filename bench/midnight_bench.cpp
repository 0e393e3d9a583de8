// SPDX-License-Identifier: Apache-2.0
// Midnight: a daily rule with many series, each with more than a year behind it. How long it takes until the bound of
// every one of them is known for the new day, and what the day's first records then cost. `midnight_bench [SERIES]`
#include "rules/engine.hpp"
#include "rules/small_world.hpp"

#include <chrono>
#include <cstdlib>
#include <random>

#include <fmt/format.h>

using namespace forewarn;

namespace {

constexpr int days_before = 430; // as far back as the method looks, and two months
constexpr int records_each = 40; // in a series: one in eleven days

double since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

observation call_out(std::uint64_t number, std::size_t cell, instant at) {
  observation out;
  out.key = {feed_id{"yas"}, record_id{std::to_string(number)}};
  out.kind = kind_id{"ambulance"};
  out.occurred_at = out.received_at = at;
  out.substances = {substance_id{"heroin"}};
  out.attributes["cell"] = std::to_string(cell);
  return out;
}

} // namespace

int main(int count, char** given) {
  const auto cells = count > 1 ? static_cast<std::size_t>(std::atoll(given[1])) : std::size_t{100'000};
  const auto loaded = test::load(test::file_with("for_each: [attributes.cell]\n"
                                                 "detect: {nb_multiwindow: {alpha: {amber: 0.0027, red: 0.001}}}\n"));
  if (!loaded.rules || loaded.rules->rules.empty()) return 1;
  rules::engine running{loaded.rules};
  std::vector<signal_event> out;
  std::mt19937_64 dice{1};
  const instant begin{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};
  const auto all = cells * records_each;
  const auto step = duration{std::chrono::hours{24 * days_before}} / static_cast<std::int64_t>(all);
  std::uint64_t number = 0;
  auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < all; ++i) {
    running.observe(call_out(number++, i < cells ? i : dice() % cells, begin + step * static_cast<std::int64_t>(i)),
                    out);
    out.clear();
  }
  fmt::print("{} series, {} records of {} days taken in {:.1f} s\n", cells, all, days_before, since(start));

  const auto midnight = begin + std::chrono::hours{24 * (days_before + 1)};
  start = std::chrono::steady_clock::now();
  running.advance(midnight, out);
  const auto states = running.period_states(midnight);
  std::size_t judged = 0;
  for (const auto& one : states) judged += one.bound ? 1 : 0;
  fmt::print("midnight: the bounds of {} series, of which {} can be judged, in {:.2f} s\n", states.size(), judged,
             since(start));

  start = std::chrono::steady_clock::now();
  for (std::size_t cell = 0; cell < cells; ++cell) {
    running.observe(call_out(number++, cell, midnight + std::chrono::milliseconds{cell}), out);
    out.clear();
  }
  const auto spent = since(start);
  fmt::print("the first record of every series: {:.2f} s, {:.0f} us each\n", spent,
             spent * 1e6 / static_cast<double>(cells));
  return 0;
}
