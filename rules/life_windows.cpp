// SPDX-License-Identifier: Apache-2.0
// What holds a signal up: its windows, the best of them, and the evidence in them.
#include "rules/life.hpp"

#include "rules/life_hearing.hpp"

#include <algorithm>

namespace forewarn::rules {

void life::drop_lost(tracked& held, const hearing& now) {
  for (const auto& window : now.seen.windows) {
    const auto where = held.windows.find(window.id);
    if (!where) continue;
    auto place = held.windows.at(*where, standings_);
    if (window.found) {
      place.found = *window.found;
      place.span = window.span;
    } else {
      if (place.firm) --held.firm;
      place.firm = false;
      if (!window.joins) {
        held.windows.erase(*where);
        continue;
      }
    }
    held.windows.put(*where, place, standings_);
  }
}

void life::take_all(signal_index which, hearing& now, bool late, bool firm) {
  for (const auto& window : now.seen.windows)
    if (is_finding(window, late) || (!firm && window.joins && window.why == occasion::arrived))
      take(which, window, now, firm);
}

void life::take(signal_index which, const looked_at& window, hearing& now, bool firm) {
  auto& held = signals_[which];
  const auto [where, fresh] = held.windows.find_or_add(window.id);
  auto place = fresh ? standing{} : held.windows.at(where, standings_);
  if (fresh || window.found) place.span = window.span;
  const bool upheld = place.firm;
  if (firm) {
    if (!upheld) ++held.firm;
    if (!upheld || ranks_above(*window.found, place.found)) place.found = *window.found;
    place.firm = true;
  }
  held.windows.put(where, place, standings_);
  if (firm) {
    const auto best = held.firm == 1 ? std::nullopt : held.windows.find(held.best);
    if (!best || ranks_above(place.found, held.windows.at(*best, standings_).found) ||
        (window.id < held.best && !ranks_above(held.windows.at(*best, standings_).found, place.found)))
      held.best = window.id;
  }
  add_evidence(held, window, !fresh, now);
  const bool is_open = !held.state.closed_at;
  if (is_open && window.found && (window.why == occasion::arrived || (firm && !upheld)))
    prolong(which, window.id.end, now.seen);
}

// While a signal is open, a window that it holds has all its members but what has just arrived; so has the one before,
// for the part in which they overlap. What came while it was closed may have gone to another signal.
void life::add_evidence(tracked& held, const looked_at& window, bool known, hearing& now) {
  const auto add = [&](observation_index one) {
    if (held.rests_on.insert(one)) now.added.push_back(one);
  };
  const bool complete = !held.state.closed_at && !held.state.late && !now.seen.unsteady;
  if (!known || !complete) {
    auto after = window.span.from;
    const auto where = held.windows.find(window.id);
    if (complete && where && *where > 0) after = std::max(after, held.windows.id(*where - 1).end);
    std::vector<observation_index> found;
    now.members(window.id, window.span, after, found);
    for (const auto one : found) add(one);
  }
  if (window.why == occasion::arrived && window.rests_on_opener) add(window.opener);
}

// After a correction: the union of what the windows hold now.
void life::rebuild_evidence(tracked& held, hearing& now) {
  std::vector<observation_index> members;
  auto reached = instant::min();
  for (standing_windows::place where = 0; where < held.windows.size(); ++where) {
    const auto id = held.windows.id(where);
    const auto span = held.windows.at(where, standings_).span;
    now.members(id, span, now.seen.unsteady ? span.from : std::max(reached, span.from), members);
    reached = id.end;
  }
  // A window that stays as the best may name a record that is forgotten.
  std::erase_if(members, [&](observation_index one) { return names_->is_gone(forgot_, one); });
  auto holds = members;
  std::sort(holds.begin(), holds.end());
  held.rests_on.erase_if([&](observation_index one) {
    if (std::binary_search(holds.begin(), holds.end(), one)) return false;
    if (std::erase(now.added, one) == 0) now.removed.push_back(one);
    return true;
  });
  for (const auto one : members)
    if (held.rests_on.insert(one)) now.added.push_back(one);
}

void life::choose_best(tracked& held) const {
  std::optional<verdict> best;
  for (standing_windows::place where = 0; where < held.windows.size(); ++where) {
    const auto place = held.windows.at(where, standings_);
    if (!place.firm || (best && !ranks_above(place.found, *best))) continue;
    best = place.found;
    held.best = held.windows.id(where);
  }
}

void life::show_best(tracked& held) const {
  const auto best = best_of(held);
  held.state.level = best.found.level;
  held.state.value = best.found.value;
  held.state.bound = best.found.bound;
  held.state.window = best.span;
  held.shown_rank = best.found.rank;
}

void life::prolong(signal_index which, instant end, const reconsideration& seen) {
  const auto found_at = seen.now;
  auto& held = signals_[which];
  if (held_) { // what it has stood still so far is settled before the new deadline is compared
    if (held.deadline != instant::min()) held.deadline += found_at - held.stopped_at;
    held.stopped_at = found_at;
  }
  const auto until = seen.clears_at.value_or(std::max(end, found_at) + rule_.clear_after);
  if (until <= held.deadline) return;
  set_deadline(which, until);
}

// The count had fallen below the lowest bound since the newest window that held, and has reached it again.
bool life::crosses(const tracked& held, const hearing& now) const {
  const auto& looked = now.seen.windows;
  if (std::none_of(looked.begin(), looked.end(), [](const looked_at& window) { return window.from_below; }))
    return false;
  auto newest = held.windows.size();
  while (newest > 0 && !held.windows.at(newest - 1, standings_).firm) --newest;
  if (newest == 0) return false;
  for (const auto& window : looked)
    if (is_finding(window, false) && window.id > held.windows.id(newest - 1)) return window.from_below;
  return false;
}

} // namespace forewarn::rules
