// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/grouping_watch.hpp"

namespace forewarn {
namespace {

constexpr duration between_looks = std::chrono::hours{1};
constexpr duration day = std::chrono::hours{24};
constexpr std::uint64_t fewest = 5;  // fewer prove nothing
constexpr std::uint64_t one_in = 10; // more than this part is worth a notice

std::uint64_t more(std::uint64_t now, std::uint64_t before) {
  return now > before ? now - before : 0; // corrections take records away
}

} // namespace

std::vector<lost_records> grouping_watch::look(const std::vector<rules::rule_counters>& counters, instant now) {
  past current{now, {}};
  for (const auto& one : counters) current.by_rule[one.rule] = {one.observations, one.ungrouped};
  while (looks_.size() > 1 && looks_[1].at <= now - day) looks_.pop_front();
  std::vector<lost_records> out;
  if (!looks_.empty())
    for (const auto& [rule, is] : current.by_rule) {
      const auto before = looks_.front().by_rule.find(rule);
      if (before == looks_.front().by_rule.end()) continue; // its past was read at one go
      const lost_records one{rule, more(is.observed, before->second.observed),
                             more(is.ungrouped, before->second.ungrouped)};
      if (one.ungrouped >= fewest && one.ungrouped * one_in > one.observed) out.push_back(one);
    }
  if (looks_.empty() || now - looks_.back().at >= between_looks) looks_.push_back(std::move(current));
  return out;
}

} // namespace forewarn
