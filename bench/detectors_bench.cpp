// SPDX-License-Identifier: Apache-2.0
// What detectors cost: `detectors_bench [DATA.csv] [last=52]`. DATA.csv has a column per series (t, date and week are
// left out), as R's scripts write it; without one, series are made up. Each detector judges the last `last` periods of
// each series, on one core; `bench/beside_r.py` lays the rows beside R's `surveillance` on the same file. Then, but
// with `only=series`: the bounds of 100,000 daily series anew, and scans of 300 places over a year with 999 replicates
// on two threads.
#include "rules/detectors/ears.hpp"
#include "rules/detectors/farrington.hpp"
#include "rules/detectors/nb_multiwindow.hpp"
#include "rules/detectors/outbreak_odds.hpp"
#include "rules/detectors/scan.hpp"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <thread>

#include <fmt/format.h>

using namespace forewarn::detectors;

namespace {

std::vector<series> made_up(std::size_t count, std::size_t periods, double mean) {
  std::mt19937 dice{1};
  std::vector<series> out(count);
  for (auto& one : out) {
    const auto own = mean * std::exp(std::normal_distribution<double>{0, 0.7}(dice));
    for (std::size_t t = 0; t < periods; ++t) {
      const auto now = own * std::exp(0.3 * std::cos(static_cast<double>(t) * 0.1208));
      const auto rate = std::gamma_distribution<double>{now / 0.5, 0.5}(dice);
      one.counts.push_back(std::poisson_distribution<int>{std::max(rate, 1e-9)}(dice));
    }
  }
  return out;
}

std::vector<series> read(const std::string& file) {
  std::ifstream in{file};
  std::vector<series> out;
  std::vector<bool> wanted;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields{line};
    std::size_t at = 0, taken = 0;
    const bool header = wanted.empty();
    for (std::string field; std::getline(fields, field, ','); ++at) {
      if (header) {
        wanted.push_back(field != "t" && field != "date" && field != "week");
        if (wanted.back()) out.emplace_back();
      } else if (wanted.at(at)) {
        out.at(taken++).counts.push_back(std::atof(field.c_str()));
      }
    }
  }
  return out;
}

double seconds(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Processor time of one run; what is quick is run as often as it takes to tell.
double processor_seconds(const auto& work) {
  const auto start = std::clock();
  double spent = 0;
  int runs = 0;
  do {
    work();
    ++runs;
    spent = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  } while (spent < 0.05);
  return spent / runs;
}

void say(const char* algo, const std::string& call, std::size_t count, std::size_t points, double took) {
  fmt::print("{}\t{}\t{}\t{}\t{:.6f}\t{:.7f}\n", algo, call, count, points, took,
             1000 * took / static_cast<double>(count * points));
}

std::size_t alarms = 0; // so that nothing is worked out in vain

void time_ears(const std::vector<series>& all, std::size_t last, ears_method method, const char* name) {
  ears_options by;
  by.method = method;
  by.baseline = 7;
  by.min_sigma = 0;
  const auto took = processor_seconds([&] {
    for (const auto& one : all)
      for (const auto& told : ears(one, by, {one.size() - last, one.size() - 1})) alarms += told.alarm.value_or(false);
  });
  say(name, "ears, baseline 7", all.size(), last, took);
}

void time_farrington(const std::vector<series>& all, std::size_t last, const farrington_options& by, const char* name,
                     const char* call) {
  const auto took = processor_seconds([&] {
    for (const auto& one : all) {
      farrington model{by};
      for (auto t = one.size() - last; t < one.size(); ++t)
        if (const auto told = model.judge(one, t)) alarms += told->told.alarm.value_or(false);
    }
  });
  say(name, call, all.size(), last, took);
}

void time_midnight() {
  const auto all = made_up(1000, 400, 0.7);
  const auto took = processor_seconds([&] {
    for (int round = 0; round < 100; ++round)
      for (const auto& one : all) alarms += nb_multiwindow(one, {}, 399)->told.alarm.value_or(false);
  });
  fmt::print("nb_multiwindow, 100,000 series bounded anew, one core: {:.2f} s\n", took);
  const auto odds = processor_seconds([&] {
    for (int round = 0; round < 100; ++round)
      for (const auto& one : all) {
        outbreak_odds judge{{}}; // a long view fitted anew each time, which live is done once in four weeks
        alarms += judge.judge(one, 399)->told.alarm.value_or(false);
      }
  });
  fmt::print("outbreak_odds, 100,000 series bounded anew, one core: {:.2f} s\n", odds);
}

void run_on_two(std::size_t n, const std::function<void(std::size_t)>& job) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto i = next++; i < n; i = next++) job(i);
  };
  std::jthread other{work};
  work();
}

void time_scan(std::size_t days) {
  std::mt19937 dice{2};
  std::vector<scan_place> places;
  for (int i = 0; i < 300; ++i)
    places.push_back({static_cast<double>(dice() % 2000) / 100, static_cast<double>(dice() % 2000) / 100, 10'000});
  scan_counts counts{300, 365, std::vector<std::uint32_t>(300 * 365, 0)};
  for (int i = 0; i < 5486; ++i) ++counts.cases[dice() % counts.cases.size()];
  scan_options by;
  by.most_days = days;
  by.enough = 0;
  const auto took = seconds([&] { alarms += space_time_scan{places, by}.scan(counts, run_on_two).maxima.size(); });
  fmt::print("scan, 300 places, 365 days, 999 replicates, {} days, two threads: {:.3f} s\n", days, took);
}

} // namespace

int main(int count, char** words) {
  std::size_t last = 52;
  std::vector<series> all;
  bool rest = true;
  for (int i = 1; i < count; ++i) {
    const std::string word{words[i]};
    if (word.starts_with("last="))
      last = static_cast<std::size_t>(std::stoul(word.substr(5)));
    else if (word == "only=series")
      rest = false;
    else
      all = read(word);
  }
  if (all.empty()) all = made_up(100, 416, 2);
  fmt::print("algo\tcall\tseries\tpoints\tseconds\tms_per_series_timepoint\n");
  time_ears(all, last, ears_method::c1, "ears_C1");
  time_ears(all, last, ears_method::c2, "ears_C2");
  time_ears(all, last, ears_method::c3, "ears_C3");
  auto original = original_farrington();
  time_farrington(all, last, original, "farrington_original", "b 5, w 3, alpha .01");
  farrington_options improved;
  improved.alpha = 0.01;
  improved.years = improved.least_years = 5;
  time_farrington(all, last, improved, "farrington_improved", "seasons 10, nb_plugin, alpha .01");
  if (rest) {
    time_midnight();
    time_scan(7);
    time_scan(30);
  }
  fmt::print("({} alarms)\n", alarms);
}
