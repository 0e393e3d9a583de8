// SPDX-License-Identifier: Apache-2.0
// What a life forgets: evidence of long ago, the windows it lay in, and signals that are closed and rest on nothing
// else.
#include "rules/life.hpp"

#include <utility>

namespace forewarn::rules {

bool life::drop_subject(subject_index which) {
  auto& about = subjects_[which];
  if (about.open || about.retrospective || !about.closed.empty()) return false;
  about = {};
  free_subjects_.push_back(which);
  return true;
}

// The best window stays, for it is what the signal shows; and the best of those that go, for a correction may make it
// so.
void life::forget_in(tracked& held, const forgetting& gone) {
  auto earliest = gone.before;
  held.rests_on.erase_if([&](observation_index one) {
    if (names_->is_gone(gone, one)) return true;
    earliest = std::min(earliest, names_->time_of(one));
    return false;
  });
  std::optional<std::pair<window_id, verdict>> best;
  for (standing_windows::place where = 0; where < held.windows.size(); ++where) {
    const auto place = held.windows.at(where, standings_);
    if (held.windows.id(where).end < earliest && place.firm && (!best || ranks_above(place.found, best->second)))
      best.emplace(held.windows.id(where), place.found);
  }
  held.windows.erase_if(
      [&](const window_id& id, const standing& place) {
        if (id.end >= earliest || id == held.best || (best && id == best->first)) return false;
        if (place.firm) --held.firm;
        return true;
      },
      standings_);
}

void life::forget(const forgetting& gone) {
  forgot_ = gone;
  std::vector<std::optional<signal_index>> now;
  std::deque<tracked> kept;
  for (auto& held : signals_) {
    forget_in(held, gone);
    if (held.state.closed_at && *held.state.closed_at < gone.before && held.rests_on.empty()) {
      now.emplace_back();
    } else {
      now.emplace_back(static_cast<signal_index>(kept.size()));
      kept.push_back(std::move(held));
    }
  }
  signals_ = std::move(kept);
  renumber(now);
  const auto old = std::exchange(standings_, {});
  for (auto& held : signals_) held.windows.move_to(standings_, old);
}

void life::renumber(const std::vector<std::optional<signal_index>>& now) {
  for (auto& about : subjects_) {
    if (about.open) about.open = now[*about.open];
    if (about.retrospective) about.retrospective = now[*about.retrospective];
    for (auto* list : {&about.closed, &about.by_person}) {
      std::erase_if(*list, [&](signal_index one) { return !now[one]; });
      for (auto& one : *list) one = *now[one];
    }
  }
}

} // namespace forewarn::rules
