// SPDX-License-Identifier: Apache-2.0
#include "daemon/rule_change.hpp"

#include "daemon/retention/remembered.hpp"

namespace forewarn {

rule_change::rule_change(std::shared_ptr<const rules::rule_set> to, const rules::rule_set* from)
    : to_{std::move(to)}, fresh_rules_{from == nullptr ? to_ : rules::rules_new_in(*to_, *from)},
      whole_{from == nullptr}, fresh_{fresh_rules_} {}

rule_change::rule_change(rules::engine so_far, std::shared_ptr<const rules::rule_set> to, std::int64_t read_to)
    : to_{std::move(to)}, fresh_rules_{to_}, whole_{true}, begun_{true}, fresh_{std::move(so_far)}, read_to_{read_to} {}

std::size_t rule_change::read(const store_reader& from) {
  if (fresh_rules_->rules.empty() && !whole_) return 0;
  if (!std::exchange(begun_, true))
    for (const auto& past : from.remembered_all())
      for (const auto& one : to_observations(past)) fresh_.remember(one);
  std::size_t count = 0;
  read_to_ = from.each_revision_after(read_to_, [&](const observation& seen) {
    ++count;
    fresh_.observe(seen, events_);
    events_.clear();
  });
  taken_ += count;
  return count;
}

void rule_change::advance(instant to) {
  fresh_.advance(to, events_);
  events_.clear();
}

} // namespace forewarn
