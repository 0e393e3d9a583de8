// SPDX-License-Identifier: Apache-2.0
// While a feed that the rule observes is overdue, its signals do not close: nobody knows what has not arrived. The time
// of silence does not count towards `clear_after`.
#include "rules/life.hpp"

namespace forewarn::rules {

void life::set_deadline(signal_index which, instant at) {
  auto& held = signals_[which];
  deadlines_->erase(deadline_of(which));
  held.deadline = at;
  if (!held_) deadlines_->insert(deadline_of(which));
}

void life::put_off(subject_index which, instant until) {
  const auto open = subjects_[which].open;
  if (open && signals_[*open].deadline < until) set_deadline(*open, until);
}

void life::wind(signal_index which, bool now_held, instant at, events& out) {
  auto& held = signals_[which];
  const auto stood_still = now_held ? duration{} : at - held.stopped_at;
  held.stopped_at = at;
  set_deadline(which, held.deadline + stood_still);
  held.state.held = now_held;
  out.push_back({now_held ? signal_change::held : signal_change::resumed, at, told(held), {}, {}});
}

void life::hold(bool now_held, instant at, events& out) {
  held_ = now_held;
  for (const auto& about : subjects_)
    for (const auto& one : {about.open, about.retrospective})
      if (one) wind(*one, now_held, at, out);
}

void life::lose_feed(instant at, events& out) {
  for (const auto& about : subjects_)
    for (const auto& one : {about.open, about.retrospective}) {
      if (!one) continue;
      close(*one, close_reason::feed_lost, at);
      const auto closed = told(signals_[*one]);
      out.push_back({closed.retrospective ? signal_change::retrospective : signal_change::closed, at, closed, {}, {}});
    }
}

} // namespace forewarn::rules
