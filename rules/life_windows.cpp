// SPDX-License-Identifier: Apache-2.0
// What holds a signal up: its windows, the best of them, and the evidence in them.
#include "rules/life.hpp"

#include "rules/life_hearing.hpp"

#include <algorithm>
#include <iterator>

namespace forewarn::rules {

void life::drop_lost(tracked& held, const hearing& now) {
  for (const auto& window : now.seen.windows) {
    const auto it = held.windows.find(window.id);
    if (it == held.windows.end()) continue;
    if (window.found) {
      it->second.found = *window.found;
      it->second.span = window.span;
      continue;
    }
    if (it->second.firm) --held.firm;
    it->second.firm = false;
    if (!window.joins) held.windows.erase(it);
  }
}

void life::take_all(signal_index which, hearing& now, bool late, bool firm) {
  for (const auto& window : now.seen.windows)
    if (is_finding(window, late) || (!firm && window.joins && window.why == occasion::arrived))
      take(which, window, now, firm);
}

void life::take(signal_index which, const looked_at& window, hearing& now, bool firm) {
  auto& held = signals_[which];
  const auto [it, fresh] = held.windows.try_emplace(window.id);
  auto& place = it->second;
  if (fresh || window.found) place.span = window.span;
  const bool upheld = place.firm;
  if (firm) {
    if (!upheld) ++held.firm;
    if (!upheld || ranks_above(*window.found, place.found)) place.found = *window.found;
    place.firm = true;
    const auto best = held.windows.find(held.best);
    if (held.firm == 1 || best == held.windows.end() || ranks_above(place.found, best->second.found) ||
        (!ranks_above(best->second.found, place.found) && window.id < held.best))
      held.best = window.id;
  }
  add_evidence(held, window, !fresh, now);
  const bool is_open = !held.state.closed_at;
  if (is_open && window.found && (window.why == occasion::arrived || (firm && !upheld)))
    prolong(which, window.id.end, now.seen.now);
}

// While a signal is open, a window that it holds has all its members but what has just arrived; so has the one before,
// for the part in which they overlap. What came while it was closed may have gone to another signal.
void life::add_evidence(tracked& held, const looked_at& window, bool known, hearing& now) {
  const auto add = [&](observation_index one) {
    if (!held.has.insert(one).second) return;
    held.evidence.push_back(one);
    now.added.push_back(one);
  };
  const bool complete = !held.state.closed_at && !held.state.late;
  if (!known || !complete) {
    auto after = window.span.from;
    const auto it = held.windows.find(window.id);
    if (complete && it != held.windows.begin()) after = std::max(after, std::prev(it)->first.end);
    std::vector<observation_index> found;
    now.members(window.id, window.span, after, found);
    for (const auto one : found) add(one);
  }
  if (window.why == occasion::arrived) add(window.opener);
}

// After a correction: the union of what the windows hold now.
void life::rebuild_evidence(tracked& held, hearing& now) {
  std::vector<observation_index> members;
  auto reached = instant::min();
  for (const auto& [id, place] : held.windows) {
    now.members(id, place.span, std::max(reached, place.span.from), members);
    reached = id.end;
  }
  const std::unordered_set<observation_index> holds(members.begin(), members.end());
  std::vector<observation_index> kept;
  for (const auto one : held.evidence) {
    if (holds.contains(one))
      kept.push_back(one);
    else if (std::erase(now.added, one) == 0)
      now.removed.push_back(one);
  }
  const std::unordered_set<observation_index> had(kept.begin(), kept.end());
  for (const auto one : members)
    if (!had.contains(one) && holds.contains(one) && held.has.insert(one).second) {
      kept.push_back(one);
      now.added.push_back(one);
    }
  held.evidence = std::move(kept);
  held.has = {held.evidence.begin(), held.evidence.end()};
}

void life::choose_best(tracked& held) {
  const standing* best = nullptr;
  for (const auto& [id, place] : held.windows)
    if (place.firm && (best == nullptr || ranks_above(place.found, best->found))) {
      best = &place;
      held.best = id;
    }
}

void life::show_best(tracked& held) {
  const auto& best = held.windows.at(held.best);
  held.state.level = best.found.level;
  held.state.value = best.found.value;
  held.state.bound = best.found.bound;
  held.state.window = best.span;
}

void life::prolong(signal_index which, instant end, instant found_at) {
  auto& held = signals_[which];
  if (held_) { // what it has stood still so far is settled before the new deadline is compared
    if (held.deadline != instant::min()) held.deadline += found_at - held.stopped_at;
    held.stopped_at = found_at;
  }
  const auto until = std::max(end, found_at) + rule_.clear_after;
  if (until <= held.deadline) return;
  set_deadline(which, until);
}

// The count had fallen below the lowest bound since the newest window that held, and has reached it again.
bool life::crosses(const tracked& held, const hearing& now) {
  const auto& looked = now.seen.windows;
  if (std::none_of(looked.begin(), looked.end(), [](const looked_at& window) { return window.from_below; }))
    return false;
  const auto newest =
      std::find_if(held.windows.rbegin(), held.windows.rend(), [](const auto& window) { return window.second.firm; });
  if (newest == held.windows.rend()) return false;
  for (const auto& window : now.seen.windows)
    if (is_finding(window, false) && window.id > newest->first) return window.from_below;
  return false;
}

} // namespace forewarn::rules
