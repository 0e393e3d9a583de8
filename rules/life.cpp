// SPDX-License-Identifier: Apache-2.0
#include "rules/life.hpp"

#include "rules/life_hearing.hpp"
#include "rules/signal_name.hpp"

#include <algorithm>
#include <utility>

namespace forewarn::rules {
subject_index life::add_subject(series_key series) {
  if (!free_subjects_.empty()) {
    const auto which = free_subjects_.back();
    free_subjects_.pop_back();
    subjects_[which].series = std::move(series);
    return which;
  }
  subjects_.push_back({.series = std::move(series)});
  return static_cast<subject_index>(subjects_.size() - 1);
}

void life::reconsider(subject_index which, const reconsideration& seen, const evidence_of& members, events& out) {
  auto& about = subjects_[which];
  hearing now{about, which, seen, members, out};
  // A spent record may come back later than it was: it is still spent there.
  if (seen.arrived && is_spent(about, *seen.arrived))
    about.spent_to = std::max(about.spent_to, names_->time_of(*seen.arrived));
  if (seen.corrected) correct_closed(now);

  if (about.open)
    carry_on(now, *about.open, true);
  else if (now.finds(false))
    begin(now, false);

  const auto retrospective = about.retrospective;
  if (retrospective && (seen.corrected || (!about.open && now.finds(true))))
    carry_on(now, *retrospective, !about.open);
  else if (!about.open && !retrospective && now.finds(true))
    begin(now, true);
}

// A signal that would no longer have held says so, once; it keeps what it was told with.
void life::correct_closed(hearing& now) {
  for (const auto index : now.about.closed) {
    auto& held = signals_[index];
    drop_lost(held, now);
    if (held.firm > 0 || held.state.contradicted) continue;
    held.state.contradicted = true;
    tell(held, signal_change::contradicted, now);
  }
}

void life::carry_on(hearing& now, signal_index which, bool take_in) {
  auto& held = signals_[which];
  const auto before = held.state;
  const bool late = held.state.retrospective;
  if (now.seen.corrected) drop_lost(held, now);
  const bool crossed = crosses(held, now);
  if (take_in) take_all(which, now, late, true);
  if (held.firm == 0) {
    now.added.clear();
    close(which, close_reason::data_corrected, now.seen.now);
    tell(held, signal_change::closed, now);
    return;
  }
  if (take_in && !late) take_all(which, now, true, false);
  if (now.seen.corrected) {
    choose_best(held);
    rebuild_evidence(held, now);
  }
  show_best(held);
  tell_change(held, before, crossed, now);
}

// Nothing is open: what was found joins a closed signal, stays with a person's decision, or opens one.
void life::begin(hearing& now, bool late) {
  if (const auto closed = spent_on(now, late); closed && !(now.seen.overlaps && brings_news(now))) {
    if (late)
      join_closed_late(now, *closed);
    else
      join_closed(now, *closed);
  } else if (!held_back_by_person(now, late)) {
    open(now, late);
  }
}

void life::open(hearing& now, bool late) {
  const auto which = static_cast<signal_index>(signals_.size());
  signals_.emplace_back();
  auto& held = signals_.back();
  held.subject = now.which;
  held.state.opened_at = now.seen.now;
  held.state.retrospective = late;
  held.state.held = held_;
  (late ? now.about.retrospective : now.about.open) = which;
  take_all(which, now, late, true);
  if (!late) take_all(which, now, true, false);
  show_best(held);
  const auto opener = std::find_if(now.seen.windows.begin(), now.seen.windows.end(), [late](const looked_at& w) {
                        return is_finding(w, late);
                      })->opener;
  held.state.id = name_signal(told(held), names_->key_of(opener), openings_at(now));
  if (!late) ++opened_;
  tell(held, late ? signal_change::retrospective : signal_change::opened, now);
}

// How many signals of this subject this instant has already opened: after a correction there may be one.
std::size_t life::openings_at(const hearing& now) const {
  std::size_t count = 0;
  for (auto it = signals_.rbegin() + 1; it != signals_.rend() && it->state.opened_at == now.seen.now; ++it)
    if (it->subject == now.which) ++count;
  return count;
}

void life::join_closed(hearing& now, signal_index which) {
  auto& held = signals_[which];
  const auto before = held.state;
  take_all(which, now, false, true);
  choose_best(held);
  if (ranks_above(best_of(held).found, {before.level, before.value, before.bound, held.shown_rank})) show_best(held);
  if (held.state.level > before.level) {
    reopen(now, which);
    return;
  }
  spend(now.about, now.added);
  if (!now.added.empty() || held.state.value != before.value) tell(held, signal_change::grew, now);
}

// By `max_delay`: it adds its evidence and nothing else.
void life::join_closed_late(hearing& now, signal_index which) {
  auto& held = signals_[which];
  take_all(which, now, true, false);
  spend(now.about, now.added);
  if (!now.added.empty()) tell(held, signal_change::grew, now);
}

void life::reopen(hearing& now, signal_index which) {
  auto& held = signals_[which];
  std::erase(now.about.closed, which);
  now.about.open = which;
  held.state.closed_at.reset();
  held.state.close_reason.reset();
  held.state.late = true;
  held.state.contradicted = false;
  held.state.held = held_;
  held.state.changes.push_back({now.seen.now, held.state.level, held.state.value});
  held.deadline = instant::min();
  for (const auto& window : now.seen.windows)
    if (is_finding(window, false)) prolong(which, window.id.end, now.seen);
  tell(held, signal_change::reopened, now);
}

void life::close(signal_index which, close_reason why, instant at) {
  auto& held = signals_[which];
  auto& about = subjects_[held.subject];
  deadlines_->erase(deadline_of(which));
  held.state.closed_at = at;
  held.state.close_reason = why;
  held.state.held = false;
  (held.state.retrospective ? about.retrospective : about.open).reset();
  if (why == close_reason::data_corrected) {
    held.windows.clear();
    return;
  }
  about.closed.push_back(which);
  if (why == close_reason::person) about.by_person.push_back(which);
  if (why == close_reason::below_threshold) spend(about, held.rests_on);
  held.windows.settle();
  held.rests_on.settle();
}

deadline life::deadline_of(signal_index which) const {
  const auto& held = signals_[which];
  return {held.deadline, index_, &subjects_[held.subject].series, which, true};
}

void life::close_due(signal_index which, events& out) {
  auto& held = signals_[which];
  close(which, close_reason::below_threshold, held.deadline);
  out.push_back({held.state.retrospective ? signal_change::retrospective : signal_change::closed,
                 held.deadline,
                 told(held),
                 {},
                 {}});
}

void life::move_to(rule_index index, const observation_names& names, agenda& deadlines) {
  index_ = index;
  names_ = &names;
  deadlines_ = &deadlines;
  const auto keep = [&](const std::optional<signal_index>& one) {
    if (!one) return;
    const auto& held = signals_[*one];
    if (held.deadline != instant::min() && !held_) deadlines.insert(deadline_of(*one));
  };
  for (const auto& about : subjects_) {
    keep(about.open);
    keep(about.retrospective);
  }
}

bool life::close_by_person(const signal_id& which, instant at, events& out) {
  for (const auto& about : subjects_) {
    if (!about.open || signals_[*about.open].state.id != which) continue;
    const auto index = *about.open;
    close(index, close_reason::person, at);
    out.push_back({signal_change::closed, at, told(signals_[index]), {}, {}});
    return true;
  }
  return false;
}

std::optional<std::vector<observation_key>> life::basis_of(const signal_id& which) const {
  for (const auto& about : subjects_) {
    if (!about.open || signals_[*about.open].state.id != which) continue;
    std::vector<observation_key> out;
    for (const auto one : signals_[*about.open].rests_on) out.push_back(names_->key_of(one));
    return out;
  }
  return {};
}

void life::open_signals(std::vector<signal>& out) const {
  for (const auto& about : subjects_)
    if (about.open) out.push_back(told(signals_[*about.open]));
}

} // namespace forewarn::rules
