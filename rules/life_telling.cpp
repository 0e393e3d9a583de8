// SPDX-License-Identifier: Apache-2.0
// What is said of a signal when it changes.
#include "rules/life_hearing.hpp"

namespace forewarn::rules {

signal life::told(const tracked& held) const {
  auto out = held.state;
  out.rule = rule_.id;
  out.rule_hash = rule_.hash;
  out.series = subjects_[held.subject].series;
  return out;
}

void life::tell(const tracked& held, signal_change what, hearing& now) {
  const auto names = [this](const std::vector<observation_index>& list) {
    std::vector<observation_key> out;
    out.reserve(list.size());
    for (const auto one : list) out.push_back(names_->key_of(one));
    return out;
  };
  // A retrospective signal never opened: whatever happens to it is told as such, for a digest.
  if (held.state.retrospective && what != signal_change::contradicted) what = signal_change::retrospective;
  now.out.push_back({what, now.seen.now, told(held), names(now.added), names(now.removed)});
  now.added.clear();
  now.removed.clear();
}

void life::tell_change(tracked& held, const signal& before, bool crossed, hearing& now) {
  auto& state = held.state;
  if (state.level != before.level) {
    state.changes.push_back({now.seen.now, state.level, state.value});
    tell(held, state.level > before.level ? signal_change::raised : signal_change::fell, now);
  } else if (crossed) {
    tell(held, signal_change::fresh_crossing, now);
  } else if ((now.seen.corrected && state.value < before.value) || (!now.removed.empty() && now.added.empty())) {
    tell(held, signal_change::fell, now);
  } else if (!now.added.empty() || !(state == before)) {
    tell(held, signal_change::grew, now);
  }
}

} // namespace forewarn::rules
