// SPDX-License-Identifier: Apache-2.0
#include "rules/observation_book.hpp"

#include "rules/digest.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace forewarn::rules {
namespace {

// Its place among those met so far.
template <class Id> std::uint16_t number_of(std::vector<Id>& known, const Id& one) {
  const auto it = std::find(known.begin(), known.end(), one);
  if (it != known.end()) return static_cast<std::uint16_t>(it - known.begin());
  if (known.size() == std::numeric_limits<std::int16_t>::max())
    throw std::length_error{"more than 32,767 feeds or kinds among the observations"};
  known.push_back(one);
  return static_cast<std::uint16_t>(known.size() - 1);
}

} // namespace

std::size_t observation_book::by_name::operator()(const name& one) const noexcept {
  return std::hash<std::string_view>{}(one.id) * 31 + one.feed;
}

std::optional<observation_book::accepted> observation_book::accept(const observation& seen) {
  const name called{number_of(feeds_, seen.key.feed), seen.key.id.str()};
  const auto found = numbers_.find(called);
  const bool is_new = found == numbers_.end();
  const auto which = is_new ? count() : *found;
  if (is_new) {
    rows_.push_back({.id = ids_.add(called.id), .feed = called.feed});
    numbers_.insert(which);
    trail_ = (trail_ ^ numbers_.hash_function()(called)) * 0x9e3779b97f4a7c15U + 1;
  }
  auto& known = rows_[which - first_kept_];
  if (!is_new && seen.revision < known.revision) return {};
  const auto content = content_digest(seen);
  known.revision = seen.revision;
  if (!is_new && content == known.content) return {};
  const auto kind = number_of(kinds_, seen.kind);
  const auto was = known;
  const accepted out{which, is_new, !is_new && kind != known.kind, known.at};
  known.content = content;
  known.at = seen.occurred_at;
  known.kind = static_cast<std::uint16_t>(kind & 0x7fffU);
  known.withdrawn = seen.withdrawn ? 1 : 0;
  if (!is_new && was.withdrawn == 0) ended(was);
  if (!seen.withdrawn) begins(known);
  return out;
}

void observation_book::begins(const row& with) {
  const auto [it, fresh] = first_.try_emplace({with.feed, with.kind}, with.at);
  if (!fresh && it->second <= with.at) return;
  it->second = with.at;
  ++beginnings_version_;
}

// Where the first of its feed and kind has changed or gone, another one is: seldom, and then all are asked.
void observation_book::ended(const row& was) {
  const auto it = first_.find({was.feed, was.kind});
  if (it == first_.end() || was.at > it->second) return;
  ++beginnings_version_;
  std::optional<instant> earliest;
  for (const auto& one : rows_)
    if (one.feed == was.feed && one.kind == was.kind && one.withdrawn == 0 && (!earliest || one.at < *earliest))
      earliest = one.at;
  if (earliest)
    it->second = *earliest;
  else
    first_.erase(it);
}

void observation_book::remember(const observation& past) {
  began_at_latest(past.key.feed, past.kind, past.occurred_at);
}

void observation_book::began_at_latest(const feed_id& feed, const kind_id& kind, instant at) {
  const auto [it, fresh] = first_remembered_.try_emplace({feed, kind}, at);
  if (!fresh && it->second <= at) return;
  it->second = at;
  ++beginnings_version_;
}

void observation_book::forget(const forgetting& gone) {
  while (!rows_.empty() && gone(rows_.front().at, first_kept_)) {
    const auto& oldest = rows_.front();
    if (oldest.withdrawn == 0) began_at_latest(feeds_[oldest.feed], kinds_[oldest.kind], oldest.at);
    numbers_.erase(first_kept_);
    rows_.pop_front();
    ++first_kept_;
  }
  if (!rows_.empty()) ids_.forget_before(rows_.front().id);
}

bool observation_book::knows(const observation_key& key) const {
  return happened(key).has_value();
}

std::optional<instant> observation_book::happened(const observation_key& key) const {
  const auto feed = std::find(feeds_.begin(), feeds_.end(), key.feed);
  if (feed == feeds_.end()) return {};
  const auto it = numbers_.find(name{static_cast<std::uint16_t>(feed - feeds_.begin()), key.id.str()});
  if (it == numbers_.end()) return {};
  return time_of(*it);
}

observation_key observation_book::key_of(observation_index which) const {
  const auto called = name_of(which);
  return {feeds_[called.feed], record_id{called.id}};
}

} // namespace forewarn::rules
