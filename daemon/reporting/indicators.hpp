// SPDX-License-Identifier: Apache-2.0
// What a board looks at each month, from etc/indicators.yaml: a question to the records, a figure of the panel's own
// work, or a number that people enter. Each with a direction, and a target where there is one. The file is versioned by
// its `edition` and its hash, which every board report shows. Computes nothing.
#pragma once

#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "rules/plan.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace forewarn::reporting {

// Of the panel's own work, in one month.
enum class process_figure : std::uint8_t {
  signals_opened,   // of live rules
  alerts_issued,    // any
  formal_alerts,    // of them
  hours_to_alert,   // median, from the arrival of the first record or report behind an alert to its first version
  acted_on,         // %: of the signals opened, those that somebody acknowledged or decided, or an alert went out about
  led_to_alert,     // %: of the signals opened
  decided_in_time,  // %: of the assessments received, by the panel's clock
  replied_in_time,  // %: of the reports whose reporter left a contact
  evaluated,        // %: of the alerts issued, those that have an evaluation
  actions_answered, // %: of what the alerts asked of services
  lessons_overdue,  // at the month's end
};

enum class better : std::uint8_t {
  lower,
  higher
};

struct by_hand {};
struct of_process {
  process_figure which = process_figure::alerts_issued;
};
// Counted like a rule counts: incidents, of the kinds and feeds, where the condition holds.
struct of_records {
  rules::rule all;
  std::optional<rules::rule> part; // a share: how many of them, in per cent
};

struct indicator {
  std::string id;
  std::string title;
  std::string why;
  std::string unit; // "hours", "%"; may be empty
  std::variant<by_hand, of_process, of_records> from;
  std::optional<double> target;
  reporting::better direction = better::lower;
};

struct indicator_book {
  std::string edition; // as its keepers name it
  std::string note;    // shown above the report: "Illustrative: ..."
  std::string hash;    // of the file's text
  std::vector<indicator> all;

  [[nodiscard]] const indicator* find(const std::string& id) const;
};

struct loaded_indicators {
  indicator_book book;
  problems found;
};
[[nodiscard]] loaded_indicators load_indicators(const source_text& file, const reference_data& reference);

// Of a configuration: its indicators.yaml as it was read with the rest; empty where there is none.
inline constexpr std::string_view indicators_file = "indicators.yaml";
[[nodiscard]] indicator_book indicators_among(const std::vector<source_text>& files, const reference_data& reference);

} // namespace forewarn::reporting

namespace forewarn {
template <> struct spelling_of<reporting::process_figure> {
  static constexpr std::array words = std::to_array<std::string_view>(
      {"signals_opened", "alerts_issued", "formal_alerts", "hours_to_alert", "acted_on", "led_to_alert",
       "decided_in_time", "replied_in_time", "evaluated", "actions_answered", "lessons_overdue"});
};
template <> struct spelling_of<reporting::better> {
  static constexpr std::array words = std::to_array<std::string_view>({"lower", "higher"});
};
} // namespace forewarn
