// SPDX-License-Identifier: Apache-2.0
// What the desk has done since the process began, for the metrics. Counted only once it is on disk.
#pragma once

#include "daemon/histogram.hpp"
#include "forewarn/signal.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace forewarn {

struct work_figures {
  // By rule and level: opened at it, or risen to it.
  std::map<std::pair<std::string, std::string>, std::uint64_t> signals;
  std::map<std::string, std::uint64_t> observations; // by kind: new and revised ones that the rules looked at
  histogram evaluation = of_computing();             // one observation by all rules

  void saw(const observation& one) { ++observations[one.kind.str()]; }
  void said(const signal_event& event) {
    const bool news = event.what == signal_change::opened || event.what == signal_change::raised;
    if (news) ++signals[{event.now.rule.str(), std::string{to_text(event.now.level)}}];
  }
  void add(const work_figures& more) {
    for (const auto& [key, count] : more.signals) signals[key] += count;
    for (const auto& [key, count] : more.observations) observations[key] += count;
    evaluation.add(more.evaluation);
  }
};

} // namespace forewarn
