// SPDX-License-Identifier: Apache-2.0
// What really happened, as a person wrote it down, and what a run of rules said of it: found or missed, how long after
// the beginning, and what the rule cost besides.
#pragma once

#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/result.hpp"
#include "rules/backtest.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn::tuning {

struct labelled_event {
  std::string name;
  instant from, to;
  std::string where; // a code, an id or a word of the series; empty: any
};

// CSV with the header `event,from,to[,where]`. Times without an offset are in the reference's zone; a day alone is all
// of it; `to` left empty is one day after `from`. `where` is a place, a substance or a site, by name or code.
[[nodiscard]] result<std::vector<labelled_event>, problems> read_events(const source_text& file,
                                                                        const reference_data& reference);

struct first_alert {
  instant at;       // when the signal opened
  duration after{}; // from the event's beginning; negative: it was open already
};

// The first signal that opened within the event, or was open already when it began. Retrospective ones do not count:
// nobody is told of them in time.
[[nodiscard]] std::optional<first_alert>
first_alert_of(const labelled_event& event, const rules::backtest_report& report, const reference_data& reference);

struct running_cost {
  std::uint64_t signals = 0;
  double signals_a_year = 0;
  double days_open = 0; // with at least one signal open
  double days_open_a_year = 0;
  std::uint64_t beside = 0; // signals that belong to no labelled event
  double days = 0;          // of the run
};
[[nodiscard]] running_cost cost_of(const rules::backtest_report& report, const std::vector<labelled_event>& events,
                                   std::optional<instant> from, const reference_data& reference);

// "40 minutes", "3 h 20 min", "2 days 4 h": for people.
[[nodiscard]] std::string rough_time(duration length);

} // namespace forewarn::tuning
