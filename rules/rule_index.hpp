// SPDX-License-Identifier: Apache-2.0
// Which rules may observe a record, by its feed and kind: a record meets only those.
#pragma once

#include "rules/agenda.hpp"
#include "rules/plan.hpp"

#include <map>
#include <utility>
#include <vector>

namespace forewarn::rules {

class rules_by_kind {
public:
  explicit rules_by_kind(const std::vector<rule>& all) : all_{all} {}

  // In the order of the rules; those that are off are not among them.
  [[nodiscard]] const std::vector<rule_index>& of(const feed_id& feed, const kind_id& kind);

private:
  const std::vector<rule>& all_;
  std::map<std::pair<feed_id, kind_id>, std::vector<rule_index>> known_;
};

} // namespace forewarn::rules
