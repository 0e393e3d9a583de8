// SPDX-License-Identifier: Apache-2.0
#include "rules/periodic/period_counts.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

bool lies_before(const counted_period& one, period which) {
  return one.which < which;
}

amount count_in(const std::vector<counted_period>& all, period which) {
  const auto it = std::lower_bound(all.begin(), all.end(), which, lies_before);
  return it != all.end() && it->which == which ? it->count : 0;
}

void add(std::vector<counted_period>& all, period which, amount more) {
  const auto it = all.empty() || all.back().which < which
                      ? all.end()
                      : std::lower_bound(all.begin(), all.end(), which, lies_before);
  if (it != all.end() && it->which == which)
    it->count += more;
  else
    all.insert(it, {which, more});
}

void drop_before(std::vector<counted_period>& all, period first_kept) {
  const auto kept = std::lower_bound(all.begin(), all.end(), first_kept, lies_before);
  if (kept == all.begin()) return;
  all.erase(all.begin(), kept);
  all.shrink_to_fit();
}

} // namespace

std::span<const entry> period_counts::in(period which, const periods& by) const {
  return line_.between(by.begin(which) - duration{1}, by.end(which) - duration{1});
}

void period_counts::insert(const entry& one, const periods& by) {
  const auto which = by.of(one.at());
  line_.insert(one);
  if (which == newest_for_) {
    newest_.add(one.adds());
    return set(which, newest_.total());
  }
  tally counted;
  for (const auto& held : in(which, by)) counted.add(held.adds());
  set(which, counted.total());
  if (counts_.empty() || counts_.back().which != which) return;
  newest_ = std::move(counted);
  newest_for_ = which;
}

std::optional<share> period_counts::erase(instant at, observation_index who, const periods& by) {
  const auto gone = line_.erase(at, who);
  if (!gone) return gone;
  const auto which = by.of(at);
  if (which == newest_for_) newest_for_ = none;
  tally counted;
  for (const auto& held : in(which, by)) counted.add(held.adds());
  set(which, counted.total());
  return gone;
}

void period_counts::remember(period which, amount more) {
  if (more == 0) return;
  add(remembered_, which, more);
  add(counts_, which, more);
}

amount period_counts::remembered(period which) const {
  return remembered_.empty() ? 0 : count_in(remembered_, which);
}

void period_counts::set(period which, amount of_records) {
  const auto count = of_records + remembered(which);
  const auto it = counts_.empty() || counts_.back().which < which
                      ? counts_.end()
                      : std::lower_bound(counts_.begin(), counts_.end(), which, lies_before);
  const bool held = it != counts_.end() && it->which == which;
  if (held && count != 0)
    it->count = count;
  else if (held)
    counts_.erase(it);
  else if (count != 0)
    counts_.insert(it, {which, count});
}

amount period_counts::at(period which) const {
  return count_in(counts_, which);
}

std::optional<period> period_counts::first() const {
  const auto first = counts_.empty() ? began_ : std::min(began_, counts_.front().which);
  if (first == none) return {};
  return first;
}

std::optional<period> period_counts::last() const {
  if (counts_.empty()) return {};
  return counts_.back().which;
}

void period_counts::forget(const forgetting& gone, const periods& by) {
  if (!counts_.empty()) began_ = std::min(began_, counts_.front().which);
  line_.forget(gone.before, gone);
  const auto first_kept = by.of(gone.before);
  if (newest_for_ < first_kept) newest_for_ = none;
  drop_before(counts_, first_kept);
  drop_before(remembered_, first_kept);
}

void period_counts::recount(const periods& by, period from) {
  counts_ = remembered_;
  newest_for_ = none;
  tally counted;
  std::optional<period> which;
  for (const auto& one : line_.between(instant::min(), instant::max())) {
    const auto here = by.of(one.at());
    if (which && *which != here) {
      set(*which, counted.total());
      counted.clear();
    }
    which = here;
    counted.add(one.adds());
  }
  if (which) set(*which, counted.total());
  drop_before(counts_, from);
}

} // namespace forewarn::rules
