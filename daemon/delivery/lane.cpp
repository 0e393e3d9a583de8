// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/lane.hpp"

namespace forewarn::outbox {

lanes::taken lanes::put(claimed one) {
  if (held_.contains(one.due.row.id)) return taken::held_already;
  auto& lane = lanes_[key(one.due.row)];
  if (lane.waiting.size() >= allowed_.waiting) return taken::full;
  held_.insert(one.due.row.id);
  lane.waiting.push_back(std::move(one));
  return taken::queued;
}

std::optional<claimed> lanes::start() {
  for (auto& [name, lane] : lanes_) {
    if (lane.waiting.empty() || lane.under_way >= allowed_.at_once) continue;
    auto next = std::move(lane.waiting.front());
    lane.waiting.pop_front();
    ++lane.under_way;
    ++under_way_;
    return next;
  }
  return {};
}

void lanes::ended(const delivery& row) {
  const auto found = lanes_.find(key(row));
  --found->second.under_way;
  --under_way_;
  if (found->second.under_way == 0 && found->second.waiting.empty()) lanes_.erase(found);
}

void lanes::settled(const message_id& id) {
  held_.erase(id);
}

void lanes::drop_waiting() {
  for (auto& [name, lane] : lanes_) {
    for (const auto& one : lane.waiting) held_.erase(one.due.row.id);
    lane.waiting.clear();
  }
}

} // namespace forewarn::outbox
