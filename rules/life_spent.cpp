// SPDX-License-Identifier: Apache-2.0
// Spent evidence: what a signal closed as below_threshold was made of opens no second one. And what a person closed
// stays closed until more is found.
#include "rules/life_hearing.hpp"

#include <algorithm>

namespace forewarn::rules {

bool life::is_spent(const subject& of, observation_index one) const {
  return one < of.spent_before && std::any_of(of.closed.begin(), of.closed.end(), [&](signal_index which) {
           const auto& held = signals_[which];
           return held.state.close_reason == close_reason::below_threshold && held.rests_on.contains(one);
         });
}

std::optional<signal_index> life::spent_on(const hearing& now, bool late) const {
  const auto& about = now.about;
  if (about.spent_before == 0) return {};
  std::vector<observation_index> members;
  for (const auto& window : now.seen.windows) {
    if (!is_finding(window, late)) continue;
    if (window.rests_on_opener) members.push_back(window.opener);
    if (window.span.from <= about.spent_to) now.members(window.id, window.span, window.span.from, members);
  }
  std::erase_if(members, [&](observation_index one) { return one >= about.spent_before; });
  if (members.empty()) return {};
  std::optional<signal_index> latest;
  for (const auto which : about.closed) {
    const auto& held = signals_[which];
    if (held.state.close_reason != close_reason::below_threshold || (held.state.retrospective && !late)) continue;
    if (latest && which < *latest) continue;
    if (std::any_of(members.begin(), members.end(), [&](observation_index one) { return held.rests_on.contains(one); }))
      latest = which;
  }
  return latest;
}

// Something in what was found is evidence of no signal that is over.
bool life::brings_news(const hearing& now) const {
  std::vector<observation_index> members;
  for (const auto& window : now.seen.windows)
    if (is_finding(window, false)) now.members(window.id, window.span, window.span.from, members);
  return std::any_of(members.begin(), members.end(), [&](observation_index one) { return !is_spent(now.about, one); });
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
    return most <= closed.state.value && std::any_of(members.begin(), members.end(), [&](observation_index one) {
             return closed.rests_on.contains(one);
           });
  });
}

} // namespace forewarn::rules
