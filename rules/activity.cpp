// SPDX-License-Identifier: Apache-2.0
#include "rules/activity.hpp"

#include "rules/grouping.hpp"
#include "rules/held_rules.hpp"

#include <algorithm>
#include <unordered_map>

namespace forewarn::rules {

std::vector<const observation*> standing(const std::vector<observation>& revisions) {
  std::unordered_map<std::string, const observation*> last;
  last.reserve(revisions.size());
  for (const auto& one : revisions) {
    const auto [it, fresh] = last.try_emplace(one.key.str(), &one);
    if (!fresh && one.revision >= it->second->revision) it->second = &one;
  }
  std::vector<const observation*> out;
  out.reserve(last.size());
  for (const auto& [key, one] : last)
    if (!one->withdrawn) out.push_back(one);
  std::sort(out.begin(), out.end(), [](const observation* a, const observation* b) {
    return a->occurred_at != b->occurred_at ? a->occurred_at < b->occurred_at : a->key < b->key;
  });
  return out;
}

rule_activity activity_of(const rule& by, const std::vector<const observation*>& records,
                          const reference_data& reference) {
  rule_activity out;
  for (const auto* one : records) {
    if (!observes(by, one->key.feed, one->kind)) continue;
    ++out.observed;
    const auto seen = make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, one}, reference);
    if (!holds(by.where, seen)) continue;
    ++out.matched;
    const auto all = series_of(by, seen, reference);
    if (all.empty()) ++out.ungrouped;
    for (const auto& values : all) out.series[to_series_key(by, values)].push_back(one);
  }
  return out;
}

} // namespace forewarn::rules
