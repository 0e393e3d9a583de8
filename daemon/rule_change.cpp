// SPDX-License-Identifier: Apache-2.0
#include "daemon/rule_change.hpp"

#include "daemon/retention/kept_days.hpp"

namespace forewarn {

rule_change::rule_change(std::shared_ptr<const rules::rule_set> to, const rules::rule_set* from)
    : to_{std::move(to)}, fresh_rules_{from == nullptr ? to_ : rules::rules_new_in(*to_, *from)},
      whole_{from == nullptr}, fresh_{fresh_rules_} {}

rule_change::rule_change(rules::engine so_far, std::shared_ptr<const rules::rule_set> to, std::int64_t read_to,
                         instant heard_to)
    : to_{std::move(to)}, fresh_rules_{to_}, whole_{true}, begun_{true}, fresh_{std::move(so_far)}, read_to_{read_to},
      turns_read_to_{heard_to} {}

bool corrects_forgotten(const rules::engine& by, const observation& seen, const store_reader& from) {
  return by.may_have_forgotten(seen) && from.has_form_before(seen.key, seen.received_at);
}

std::size_t rule_change::read(const store_reader& from) {
  if (fresh_rules_->rules.empty() && !whole_) return 0;
  if (!std::exchange(begun_, true)) retention::tell_of_purged(from, fresh_);
  std::size_t count = 0;
  // Read apart, a turn could be seen that came after a revision that is not. An engine that has heard turns before (one
  // that was read back from a file) must not hear them again: then `turns_read_to_` begins at the last of them.
  from.at_one_moment([&] {
    const auto turns = from.feed_turns(turns_read_to_);
    std::size_t next = 0;
    read_to_ = from.each_revision_after(read_to_, [&](const observation& seen) {
      ++count;
      hear_turns(turns, next, seen.received_at);
      fresh_.observe(seen, events_, corrects_forgotten(fresh_, seen, from));
      events_.clear();
    });
    hear_turns(turns, next, instant::max());
  });
  taken_ += count;
  return count;
}

void rule_change::hear_turns(const std::vector<feed_turn>& turns, std::size_t& next, instant before) {
  for (; next < turns.size() && turns[next].at < before; ++next) {
    fresh_.hear(turns[next], events_);
    events_.clear();
    turns_read_to_ = turns[next].at;
  }
}

void rule_change::advance(instant to) {
  fresh_.advance(to, events_);
  events_.clear();
}

} // namespace forewarn
