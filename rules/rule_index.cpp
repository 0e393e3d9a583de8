// SPDX-License-Identifier: Apache-2.0
#include "rules/rule_index.hpp"

#include "rules/held_rules.hpp"

namespace forewarn::rules {

const std::vector<rule_index>& rules_by_kind::of(const feed_id& feed, const kind_id& kind) {
  const auto [it, fresh] = known_.try_emplace({feed, kind});
  if (!fresh) return it->second;
  for (std::size_t i = 0; i < all_.size(); ++i)
    if (all_[i].status != rule_status::off && observes(all_[i], feed, kind))
      it->second.push_back(static_cast<rule_index>(i));
  return it->second;
}

} // namespace forewarn::rules
