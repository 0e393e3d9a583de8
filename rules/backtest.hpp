// SPDX-License-Identifier: Apache-2.0
// A backtest: the engine that runs live, fed from a file, with the observations' own clock.
#pragma once

#include "rules/engine.hpp"

#include <functional>
#include <string>

namespace forewarn::rules {

// Tells an engine, before its first record, what is known of records that are purged.
using purged_teller = std::function<void(engine&)>;

struct backtest_options {
  std::optional<instant> from;  // signals opened before are not reported; observations before still make history
  std::optional<instant> to;    // observations received later are not taken; deadlines up to here are handled
  std::vector<feed_turn> turns; // when feeds fell silent and came back
  purged_teller purged = {};    // may be empty
};

// A signal with all its evidence, as a table or JSON shows it.
struct reported_signal {
  signal state;
  std::vector<observation_key> evidence; // by occurred_at, then id
};

struct rule_report {
  rule_counters counts;
  std::string hash;
  double signals_per_year = 0;
};

struct backtest_report {
  std::vector<reported_signal> signals; // by opened_at, rule, series
  std::vector<rule_report> rules;
  bool lateness_known = false; // some record has a received_at of its own
  std::optional<instant> first, last;
  std::size_t future = 0; // records more than 10 minutes ahead of their own arrival: not taken, as live
};

// One signal of either of two runs; for earlier and later, when the old rules opened it.
struct compared_signal {
  rule_id rule;
  series_key series;
  forewarn::level level = forewarn::level::amber;
  instant opened_at;
  std::optional<instant> opened_before;
};

// A rule that means something else now, as both say it; empty where there was none, or is none any more.
struct changed_rule {
  rule_id rule;
  std::string before, after;
};

// What new rules would have done differently. Signals of one rule and series whose lives overlap are the same finding.
struct backtest_diff {
  std::vector<compared_signal> added, removed, earlier, later;
  std::vector<changed_rule> rules = {}; // by id
};

[[nodiscard]] backtest_diff compare(const backtest_report& old_rules, const backtest_report& new_rules);
[[nodiscard]] std::vector<changed_rule> changed_rules(const rule_set& old_rules, const rule_set& new_rules);

// One replay, record by record: a past that need not fit into memory.
class backtest_run {
public:
  backtest_run(std::shared_ptr<const rule_set> rules, backtest_options options);
  backtest_run(backtest_run&&) = delete;
  ~backtest_run();

  // In the order of arrival. False, and not taken, where it came after `to`: nothing later need be handed over.
  bool take(const observation& seen);
  // Once, after the last.
  [[nodiscard]] backtest_report finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

// `observations` in file order; replayed by received_at, ties in file order. `progress` (may be empty) hears how many
// were taken, now and then.
[[nodiscard]] backtest_report run_backtest(std::shared_ptr<const rule_set> rules,
                                           const std::vector<observation>& observations,
                                           const backtest_options& options,
                                           const std::function<void(std::size_t)>& progress = {});

// Wards by their names, drugs by theirs; a code nobody listed stays a code. "everywhere" for the rule's only series.
[[nodiscard]] std::string series_text(const series_key& series, const reference_data& reference);

// The contract's JSON (rule language, section 9), one line.
[[nodiscard]] std::string to_json(const backtest_report& report, const backtest_diff& diff = {});
// A table for people; says so where lead times are best cases.
[[nodiscard]] std::string to_table(const backtest_report& report, const reference_data& reference,
                                   const std::optional<backtest_diff>& diff = {});
// One page that needs nothing else: counts over time with the signals marked, per rule and series; light, dark, and
// readable when printed.
[[nodiscard]] std::string to_html(const backtest_report& report, const rule_set& rules,
                                  const std::vector<observation>& observations,
                                  const std::optional<backtest_diff>& diff = {});

} // namespace forewarn::rules
