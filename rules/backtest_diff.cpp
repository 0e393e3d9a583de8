// SPDX-License-Identifier: Apache-2.0
// Two runs side by side: what the new rules add, lose, and find sooner or later.
#include "rules/backtest.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace forewarn::rules {
namespace {

bool same_finding(const signal& a, const signal& b) {
  if (a.rule != b.rule || a.series != b.series || a.retrospective != b.retrospective) return false;
  const auto a_ends = a.closed_at.value_or(instant::max());
  const auto b_ends = b.closed_at.value_or(instant::max());
  return a.opened_at <= b_ends && b.opened_at <= a_ends;
}

compared_signal compared(const signal& one, std::optional<instant> before = {}) {
  return {one.rule, one.series, one.level, one.opened_at, before};
}

} // namespace

backtest_diff compare(const backtest_report& old_rules, const backtest_report& new_rules) {
  backtest_diff out;
  std::vector<bool> met(old_rules.signals.size(), false);
  for (const auto& fresh : new_rules.signals) {
    std::optional<std::size_t> partner;
    for (std::size_t i = 0; i < old_rules.signals.size() && !partner; ++i)
      if (!met[i] && same_finding(fresh.state, old_rules.signals[i].state)) partner = i;
    if (!partner) {
      out.added.push_back(compared(fresh.state));
      continue;
    }
    met[*partner] = true;
    const auto before = old_rules.signals[*partner].state.opened_at;
    if (fresh.state.opened_at < before) out.earlier.push_back(compared(fresh.state, before));
    if (fresh.state.opened_at > before) out.later.push_back(compared(fresh.state, before));
  }
  for (std::size_t i = 0; i < met.size(); ++i)
    if (!met[i]) out.removed.push_back(compared(old_rules.signals[i].state));
  return out;
}

std::vector<changed_rule> changed_rules(const rule_set& old_rules, const rule_set& new_rules) {
  std::map<rule_id, std::pair<const rule*, const rule*>> both;
  for (const auto& one : old_rules.rules) both[one.id].first = &one;
  for (const auto& one : new_rules.rules) both[one.id].second = &one;
  std::vector<changed_rule> out;
  for (const auto& [id, pair] : both) {
    const auto [before, after] = pair;
    if (before != nullptr && after != nullptr && same_meaning(*before, *after)) continue;
    const auto said = [](const rule* one) {
      if (one == nullptr) return std::string{};
      return one->status == rule_status::off ? "Off. " + one->sentence : one->sentence;
    };
    out.push_back({id, said(before), said(after)});
  }
  return out;
}

} // namespace forewarn::rules
