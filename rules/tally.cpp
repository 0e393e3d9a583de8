// SPDX-License-Identifier: Apache-2.0
#include "rules/tally.hpp"

#include <algorithm>
#include <cmath>

namespace forewarn::rules {
namespace {

constexpr double millionths = 1e6;

bool earlier(const entry& left, instant right) {
  return left.at < right;
}
bool later(instant left, const entry& right) {
  return left < right.at;
}

} // namespace

amount to_amount(double value) {
  return std::llround(value * millionths);
}
double to_value(amount sum) {
  return static_cast<double>(sum) / millionths;
}

void tally::add(const entry& one) {
  if (one.shared_id == 0)
    loose_ += one.weight;
  else
    ++times_[one.shared_id];
}

void tally::remove(const entry& one) {
  if (one.shared_id == 0) {
    loose_ -= one.weight;
    return;
  }
  const auto it = times_.find(one.shared_id);
  if (--it->second == 0) times_.erase(it);
}

void tally::clear() {
  times_.clear();
  loose_ = 0;
}

void timeline::insert(const entry& one) {
  if (entries_.empty() || one.at >= entries_.back().at) {
    append(one);
    return;
  }
  entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), one.at, later), one);
  newest_known_ = false;
}

void timeline::append(const entry& one) {
  if (!newest_known_) recount_newest();
  if (entries_.empty() || one.at > entries_.back().at) {
    for (; newest_first_ < entries_.size() && entries_[newest_first_].at <= one.at - within_; ++newest_first_)
      newest_.remove(entries_[newest_first_]);
    before_newest_ = newest_.total();
  }
  newest_.add(one);
  entries_.push_back(one);
}

void timeline::erase(instant at, observation_index who) {
  auto it = std::lower_bound(entries_.begin(), entries_.end(), at, earlier);
  while (it != entries_.end() && it->at == at && it->who != who) ++it;
  if (it == entries_.end() || it->at != at) return;
  entries_.erase(it);
  newest_known_ = false;
}

void timeline::recount_newest() {
  newest_.clear();
  newest_known_ = true;
  newest_first_ = 0;
  before_newest_ = 0;
  if (entries_.empty()) return;
  const auto end = entries_.back().at;
  auto it = std::upper_bound(entries_.begin(), entries_.end(), end - within_, later);
  newest_first_ = static_cast<std::size_t>(it - entries_.begin());
  for (; it != entries_.end() && it->at < end; ++it) newest_.add(*it);
  before_newest_ = newest_.total();
  for (; it != entries_.end(); ++it) newest_.add(*it);
}

void timeline::windows(instant first, instant last, std::vector<counted_window>& out) {
  auto it = std::lower_bound(entries_.begin(), entries_.end(), first, earlier);
  if (it == entries_.end() || it->at >= last) return;
  if (it->at == entries_.back().at) {
    if (!newest_known_) recount_newest();
    out.push_back({it->at, newest_.total(), before_newest_});
    return;
  }
  tally sliding;
  auto oldest = std::upper_bound(entries_.begin(), entries_.end(), it->at - within_, later);
  for (auto held = oldest; held != it; ++held) sliding.add(*held);
  while (it != entries_.end() && it->at < last) {
    const auto end = it->at;
    for (; oldest->at <= end - within_; ++oldest) sliding.remove(*oldest);
    const auto before = sliding.total();
    for (; it != entries_.end() && it->at == end; ++it) sliding.add(*it);
    out.push_back({end, sliding.total(), before});
  }
}

void timeline::members(instant after, instant to, std::vector<observation_index>& out) const {
  auto it = std::upper_bound(entries_.begin(), entries_.end(), after, later);
  for (; it != entries_.end() && it->at <= to; ++it) out.push_back(it->who);
}

} // namespace forewarn::rules
