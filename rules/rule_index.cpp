// SPDX-License-Identifier: Apache-2.0
#include "rules/rule_index.hpp"

#include <algorithm>

namespace forewarn::rules {
namespace {

template <class Id> bool none_or_one_of(const std::vector<Id>& wanted, const Id& given) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), given) != wanted.end();
}

} // namespace

const std::vector<rule_index>& rules_by_kind::of(const feed_id& feed, const kind_id& kind) {
  const auto [it, fresh] = known_.try_emplace({feed, kind});
  if (!fresh) return it->second;
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (all_[i].status != rule_status::off && none_or_one_of(all_[i].observe.kinds, kind) &&
        none_or_one_of(all_[i].observe.feeds, feed))
      it->second.push_back(static_cast<rule_index>(i));
  return it->second;
}

} // namespace forewarn::rules
