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
  if (known.size() == std::numeric_limits<std::uint16_t>::max())
    throw std::length_error{"more than 65,535 feeds or kinds among the observations"};
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
  const auto which = is_new ? static_cast<observation_index>(rows_.size()) : *found;
  if (is_new) {
    rows_.push_back({.id = ids_.add(called.id), .feed = called.feed});
    numbers_.insert(which);
    trail_ = (trail_ ^ numbers_.hash_function()(called)) * 0x9e3779b97f4a7c15U + 1;
  }
  auto& known = rows_[which];
  if (!is_new && seen.revision < known.revision) return {};
  const auto content = content_digest(seen);
  known.revision = seen.revision;
  if (!is_new && content == known.content) return {};
  const auto kind = number_of(kinds_, seen.kind);
  const accepted out{which, is_new, !is_new && kind != known.kind, known.at};
  known.content = content;
  known.at = seen.occurred_at;
  known.kind = kind;
  return out;
}

observation_key observation_book::key_of(observation_index which) const {
  const auto called = name_of(which);
  return {feeds_[called.feed], record_id{called.id}};
}

} // namespace forewarn::rules
