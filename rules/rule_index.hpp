// SPDX-License-Identifier: Apache-2.0
// Which rules can match a record, by its feed and kind and then by a substance or an area that the rule's `where`
// cannot do without: a record meets only those, however many rules there are.
#pragma once

#include "rules/agenda.hpp"
#include "rules/plan.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <map>
#include <utility>
#include <vector>

namespace forewarn::rules {

// The rules that observe one kind of one feed.
class observing_rules {
public:
  void add(rule_index which, const condition& where, std::size_t areas);

  // All of them, in the order of the rules.
  [[nodiscard]] const std::vector<rule_index>& all() const noexcept { return all_; }
  // Those whose `where` may hold of it, in the order of the rules.
  void matching(const fact& seen, std::vector<rule_index>& out) const;

private:
  std::vector<rule_index> all_, anywhere_;
  boost::unordered_flat_map<substance_index, std::vector<rule_index>> by_substance_;
  boost::unordered_flat_map<area_index, std::vector<rule_index>> by_area_;
};

class rules_by_kind {
public:
  explicit rules_by_kind(const rule_set& all) : all_{all} {}

  // Without those that are off.
  [[nodiscard]] const observing_rules& of(const feed_id& feed, const kind_id& kind);

private:
  const rule_set& all_;
  std::map<std::pair<feed_id, kind_id>, observing_rules> known_;
};

} // namespace forewarn::rules
