// SPDX-License-Identifier: Apache-2.0
#include "rules/held_rules.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

template <class Id> bool none_or_one_of(const std::vector<Id>& wanted, const Id& given) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), given) != wanted.end();
}

} // namespace

bool observes(const rule& by, const feed_id& feed, const kind_id& kind) {
  const auto among = [&](const observed& what) {
    return none_or_one_of(what.kinds, kind) && none_or_one_of(what.feeds, feed);
  };
  const auto parts = parts_of(by.detector);
  if (parts.empty()) return among(by.observe);
  return std::any_of(parts.begin(), parts.end(), [&](const rule_part& part) { return among(part.observe); });
}

bool overdue_feeds::take(const feed_turn& turn) {
  if (turn.to == feed_state::overdue) return feeds_.emplace(turn.feed, turn.kind).second;
  return feeds_.erase(turn.feed) > 0;
}

bool overdue_feeds::touch(const rule& by) const {
  return std::any_of(feeds_.begin(), feeds_.end(),
                     [&](const auto& one) { return observes(by, one.first, one.second); });
}

std::optional<kind_id> overdue_feeds::kind_of(const feed_id& overdue) const {
  const auto it = feeds_.find(overdue);
  return it == feeds_.end() ? std::nullopt : std::optional{it->second};
}

} // namespace forewarn::rules
