// SPDX-License-Identifier: Apache-2.0
// Every detector by the name that rules and `forewarn detect` give it, behind one face: options by name, one period
// after the other, one verdict each. What only one detector can tell is asked of that detector itself.
#pragma once

#include "rules/detectors/series.hpp"
#include "rules/detectors/settings.hpp"

#include <span>

namespace forewarn::detectors {

struct method_info {
  std::string name;
  std::string does;    // one line
  std::string columns; // what expected, bound and score are, where they are not what the help says of all
  std::string example; // settings: "method=C2 baseline=28"
};

[[nodiscard]] std::span<const method_info> all_methods();

// What a detector's own statistic says of how strange a period is.
enum class score_is {
  chance,  // the smaller, the stranger
  measure, // the larger, the stranger
  its_own, // not alike from one period to the next
};

// A detector with its options, not yet at work on a series.
struct method {
  std::string name;
  double min_count = 1;        // the least count that may alarm
  std::size_t min_history = 0; // periods before the first that is judged, beyond what the detector itself needs
  std::size_t history = 0;     // what the detector itself needs
  std::size_t start = 0;       // periods that must be there before anything can be told; most: 0
  bool wants_population = false;
  score_is score = score_is::measure;
  bool remembers = false; // what it says of a period hangs on which it was asked about before, so: every one, once
  // Judges period t of a series that holds at least t + 1 and `start` periods. Asked in order, from 0 on. A period that
  // is not counted (yet) has its expectation and, but for C3, cdc, outbreak_p and Holt-Winters, the bound that its
  // count will meet; all but Holt-Winters may then be asked for it again.
  std::function<verdict(const series&, std::size_t)> judge;
};

// An unknown name or key, or a value out of its limits: says which, and what would do.
[[nodiscard]] result<method, std::string> make_method(std::string_view name, std::span<const setting> settings);

// The options of a method, with their defaults. The name is a known one.
[[nodiscard]] std::vector<option> options_of(std::string_view name);

// One period, with what `min_count` and `min_history` ask. In order, as `judge`.
[[nodiscard]] verdict judge_period(const method& by, const series& of, std::size_t t);

// All of it at once: the same verdicts as asked one by one.
[[nodiscard]] std::vector<verdict> judge_all(const method& by, const series& of);

} // namespace forewarn::detectors
