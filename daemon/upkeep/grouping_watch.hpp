// SPDX-License-Identifier: Apache-2.0
// Watches for rules that lose many of their records: those that lack a field by which the rule groups are not
// evaluated, and nobody would notice. It knows of the time since the daemon started only.
#pragma once

#include "forewarn/instant.hpp"
#include "rules/engine.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace forewarn {

struct lost_records {
  rule_id rule;
  std::uint64_t observed = 0; // over the last day
  std::uint64_t ungrouped = 0;
};

class grouping_watch {
public:
  // The rules of which more than a tenth of a day's records, and five at least, belonged to no series. Called now and
  // then; looks are kept by the hour.
  [[nodiscard]] std::vector<lost_records> look(const std::vector<rules::rule_counters>& counters, instant now);

private:
  struct numbers {
    std::uint64_t observed = 0, ungrouped = 0;
  };
  struct past {
    instant at;
    std::map<rule_id, numbers> by_rule;
  };
  std::deque<past> looks_; // the oldest about a day old
};

} // namespace forewarn
