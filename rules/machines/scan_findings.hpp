// SPDX-License-Identifier: Apache-2.0
// What was found in one series when its days ended: which places and days, kept for as long as a correction may come.
#pragma once

#include "rules/scan/cluster.hpp"

#include <algorithm>
#include <vector>

namespace forewarn::rules {

struct scan_finding {
  period first = 0, last = 0;
  std::vector<std::uint32_t> places; // sorted
  bool shaken = false;               // a record of it has changed or gone

  [[nodiscard]] bool holds(std::uint32_t place) const {
    return std::binary_search(places.begin(), places.end(), place);
  }
  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.first, me.last, me.places, me.shaken);
  }
};

class scan_findings {
public:
  // In place of what was found on that day before.
  void add(const cluster& found) {
    scan_finding one{found.first, found.last, found.places, false};
    std::sort(one.places.begin(), one.places.end());
    for (const auto place : one.places) told_.insert(std::lower_bound(told_.begin(), told_.end(), place), place);
    told_.erase(std::unique(told_.begin(), told_.end()), told_.end());
    const auto at = not_before(found.last);
    if (at != all_.end() && at->last == found.last)
      *at = std::move(one);
    else
      all_.insert(at, std::move(one));
  }
  void remove(period day) {
    std::erase_if(all_, [day](const auto& one) { return one.last == day; });
  }
  [[nodiscard]] const scan_finding* on(period day) const {
    const auto at = std::lower_bound(all_.begin(), all_.end(), day,
                                     [](const auto& one, period wanted) { return one.last < wanted; });
    return at != all_.end() && at->last == day ? &*at : nullptr;
  }

  // Something here was, and is now different or gone.
  void shake(period day, std::uint32_t place) {
    for (auto at = not_before(day); at != all_.end(); ++at)
      if (day >= at->first && at->holds(place)) at->shaken = true;
  }
  void settle(period day) {
    if (const auto at = not_before(day); at != all_.end() && at->last == day) at->shaken = false;
  }
  [[nodiscard]] bool any_shaken() const {
    return std::any_of(all_.begin(), all_.end(), [](const auto& one) { return one.shaken; });
  }
  [[nodiscard]] std::vector<period> shaken() const {
    std::vector<period> out;
    for (const auto& one : all_)
      if (one.shaken) out.push_back(one.last);
    return out;
  }

  // Of the signal that is open: nothing it found so far shares a place with this.
  [[nodiscard]] bool is_elsewhere(const cluster& found) const {
    return !told_.empty() && std::none_of(found.places.begin(), found.places.end(), [&](std::uint32_t place) {
      return std::binary_search(told_.begin(), told_.end(), place);
    });
  }
  void begin_anew() { told_.clear(); }
  void forget(period before) {
    std::erase_if(all_, [before](const auto& one) { return one.last < before; });
  }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) { to(me.all_, me.told_); }

private:
  [[nodiscard]] std::vector<scan_finding>::iterator not_before(period day) {
    return std::lower_bound(all_.begin(), all_.end(), day,
                            [](const auto& one, period wanted) { return one.last < wanted; });
  }

  std::vector<scan_finding> all_;   // by last day
  std::vector<std::uint32_t> told_; // places of the open signal's findings, sorted
};

} // namespace forewarn::rules
