// SPDX-License-Identifier: Apache-2.0
#include "rules/tally.hpp"

#include <algorithm>
#include <cmath>

namespace forewarn::rules {
namespace {

constexpr double millionths = 1e6;

bool earlier(const entry& left, instant right) {
  return left.at() < right;
}
bool later(instant left, const entry& right) {
  return left < right.at();
}

} // namespace

amount to_amount(double value) {
  return std::llround(value * millionths);
}
double to_value(amount sum) {
  return static_cast<double>(sum) / millionths;
}

void tally::add(share one) {
  if (one.is_alone())
    loose_ += one.weight();
  else
    ++times_[one.id()];
}

void tally::remove(share one) {
  if (one.is_alone()) {
    loose_ -= one.weight();
    return;
  }
  const auto it = times_.find(one.id());
  if (--it->second == 0) times_.erase(it);
}

void tally::clear() {
  times_.clear();
  loose_ = 0;
}

void timeline::insert(const entry& one) {
  if (entries_.empty() || one.at() >= entries_.back().at()) {
    append(one);
    return;
  }
  make_room();
  entries_.insert(std::upper_bound(entries_.begin(), entries_.end(), one.at(), later), one);
  if (!newest_known_) return;
  if (one.at() <= entries_.back().at() - within_) {
    ++newest_first_;
  } else {
    newest_.add(one.adds());
    recount_before();
  }
}

// By a quarter: doubling would leave a third of all memory unused.
void timeline::make_room() {
  if (entries_.size() == entries_.capacity()) entries_.reserve(entries_.size() + entries_.size() / 4 + 4);
}

void timeline::append(const entry& one) {
  if (!newest_known_) recount_newest();
  if (entries_.empty() || one.at() > entries_.back().at()) {
    for (; newest_first_ < entries_.size() && entries_[newest_first_].at() <= one.at() - within_; ++newest_first_)
      newest_.remove(entries_[newest_first_].adds());
    before_newest_ = newest_.total();
  }
  newest_.add(one.adds());
  make_room();
  entries_.push_back(one);
}

std::optional<share> timeline::erase(instant at, observation_index who) {
  auto it = std::lower_bound(entries_.begin(), entries_.end(), at, earlier);
  while (it != entries_.end() && it->at() == at && it->who() != who) ++it;
  if (it == entries_.end() || it->at() != at) return {};
  const auto place = static_cast<std::size_t>(it - entries_.begin());
  const auto adds = it->adds();
  entries_.erase(it);
  if (!newest_known_) return adds;
  if (entries_.empty() || at > entries_.back().at()) {
    newest_known_ = false;
  } else if (place < newest_first_) {
    --newest_first_;
  } else {
    newest_.remove(adds);
    recount_before();
  }
  return adds;
}

// What the newest window counts without those at its very end.
void timeline::recount_before() {
  const auto end = entries_.back().at();
  const auto first = std::lower_bound(entries_.begin(), entries_.end(), end, earlier);
  for (auto it = first; it != entries_.end(); ++it) newest_.remove(it->adds());
  before_newest_ = newest_.total();
  for (auto it = first; it != entries_.end(); ++it) newest_.add(it->adds());
}

void timeline::recount_newest() {
  newest_.clear();
  newest_known_ = true;
  newest_first_ = 0;
  before_newest_ = 0;
  if (entries_.empty()) return;
  const auto end = entries_.back().at();
  auto it = std::upper_bound(entries_.begin(), entries_.end(), end - within_, later);
  newest_first_ = static_cast<std::size_t>(it - entries_.begin());
  for (; it != entries_.end() && it->at() < end; ++it) newest_.add(it->adds());
  before_newest_ = newest_.total();
  for (; it != entries_.end(); ++it) newest_.add(it->adds());
}

void timeline::windows(instant first, instant last, std::vector<counted_window>& out) {
  auto it = std::lower_bound(entries_.begin(), entries_.end(), first, earlier);
  if (it == entries_.end() || it->at() >= last) return;
  if (it->at() == entries_.back().at()) {
    if (!newest_known_) recount_newest();
    out.push_back({it->at(), newest_.total(), before_newest_});
    return;
  }
  tally sliding;
  auto oldest = std::upper_bound(entries_.begin(), entries_.end(), it->at() - within_, later);
  for (auto held = oldest; held != it; ++held) sliding.add(held->adds());
  while (it != entries_.end() && it->at() < last) {
    const auto end = it->at();
    for (; oldest->at() <= end - within_; ++oldest) sliding.remove(oldest->adds());
    const auto before = sliding.total();
    for (; it != entries_.end() && it->at() == end; ++it) sliding.add(it->adds());
    out.push_back({end, sliding.total(), before});
  }
}

std::span<const entry> timeline::between(instant after, instant to) const {
  const auto first = std::upper_bound(entries_.begin(), entries_.end(), after, later);
  return {first, std::upper_bound(first, entries_.end(), to, later)};
}

void timeline::members(instant after, instant to, std::vector<observation_index>& out) const {
  auto it = std::upper_bound(entries_.begin(), entries_.end(), after, later);
  for (; it != entries_.end() && it->at() <= to; ++it) out.push_back(it->who());
}

} // namespace forewarn::rules
