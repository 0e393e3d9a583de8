// SPDX-License-Identifier: Apache-2.0
// Spent evidence: what a signal closed as below_threshold was made of opens no second one. And what a person closed
// stays closed until more is found.
#include "rules/life_hearing.hpp"

#include <algorithm>

namespace forewarn::rules {

std::optional<signal_index> life::spent_on(const hearing& now, bool late) const {
  const auto& about = now.about;
  std::optional<signal_index> latest;
  const auto look = [&](const std::unordered_map<observation_index, signal_index>& spent, observation_index one) {
    if (const auto it = spent.find(one); it != spent.end()) latest = std::max(latest.value_or(0), it->second);
  };
  if (about.spent.empty() && (!late || about.spent_retrospective.empty())) return latest;
  std::vector<observation_index> members;
  for (const auto& window : now.seen.windows) {
    if (!is_finding(window, late)) continue;
    members.push_back(window.opener);
    if (window.span.from < about.spent_to) now.members(window.id, window.span, window.span.from, members);
  }
  for (const auto one : members) {
    look(about.spent, one);
    if (late) look(about.spent_retrospective, one);
  }
  return latest;
}

bool life::held_back_by_person(const hearing& now, bool late) const {
  if (now.about.by_person.empty()) return false;
  double most = 0;
  std::vector<observation_index> members;
  for (const auto& window : now.seen.windows) {
    if (!is_finding(window, late)) continue;
    most = std::max(most, window.found->value);
    now.members(window.id, window.span, window.span.from, members);
  }
  return std::any_of(now.about.by_person.begin(), now.about.by_person.end(), [&](signal_index which) {
    const auto& closed = signals_[which];
    return most <= closed.state.value &&
           std::any_of(members.begin(), members.end(), [&](observation_index one) { return closed.has.contains(one); });
  });
}

void life::spend(subject& of, signal_index which, const std::vector<observation_index>& evidence) {
  auto& spent = signals_[which].state.retrospective ? of.spent_retrospective : of.spent;
  for (const auto one : evidence) {
    const auto [it, fresh] = spent.try_emplace(one, which);
    if (!fresh) it->second = std::max(it->second, which);
    of.spent_to = std::max(of.spent_to, names_->time_of(one));
  }
}

// Of a signal that opens again; what an older closed one holds as well falls back to that.
void life::unspend(subject& of, signal_index which) {
  for (const auto one : signals_[which].evidence) {
    const auto it = of.spent.find(one);
    if (it == of.spent.end() || it->second != which) continue;
    of.spent.erase(it);
    for (const auto older : of.closed) {
      const auto& held = signals_[older];
      if (held.state.retrospective || held.state.close_reason != close_reason::below_threshold) continue;
      if (held.has.contains(one)) of.spent[one] = std::max(of.spent[one], older);
    }
  }
}

} // namespace forewarn::rules
