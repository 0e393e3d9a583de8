// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/breaker.hpp"

#include <algorithm>
#include <array>

namespace forewarn::outbox {

namespace {

using namespace std::chrono_literals;

// Between tries of a destination that is down; the last one repeats.
constexpr std::array<duration, 4> between_tries{30s, 1min, 2min, 5min};
// A try whose outcome never comes must not keep the breaker open for ever.
constexpr duration longest_try = 5min;
// A receiver that asks for more is tried once a day all the same.
constexpr duration longest_pause = 24h;

duration gap_after(std::size_t tries) {
  return between_tries.at(std::min(tries, between_tries.size() - 1));
}

} // namespace

breakers::change breakers::failed(const std::string& key, const message_id& what, instant now,
                                  std::optional<duration> asked) {
  auto& one = all_[key];
  ++one.failures;
  if (asked && *asked > duration::zero()) one.paused_until = now + std::min(*asked, longest_pause);
  if (one.failing.size() < messages_to_open) one.failing.insert(what);
  if (one.since) {
    one.next_try = now + gap_after(one.tries);
    ++one.tries;
    return change::none;
  }
  if (one.failures < failures_to_open || one.failing.size() < messages_to_open) return change::none;
  one.since = now;
  one.next_try = now + gap_after(0);
  one.tries = 1;
  return change::opened;
}

breakers::change breakers::delivered(const std::string& key) {
  const auto found = all_.find(key);
  if (found == all_.end()) return change::none;
  const bool was_open = found->second.since.has_value();
  all_.erase(found);
  return was_open ? change::closed : change::none;
}

std::optional<instant> breakers::wait_for(const std::string& key, instant now) {
  const auto found = all_.find(key);
  if (found == all_.end()) return {};
  auto& one = found->second;
  if (one.paused_until && now < *one.paused_until) return one.paused_until;
  if (!one.since) return {};
  if (now < one.next_try) return one.next_try;
  one.next_try = now + longest_try; // until this try's outcome says otherwise
  return {};
}

std::optional<instant> breakers::next_try(const std::string& key) const {
  const auto found = all_.find(key);
  if (found == all_.end()) return {};
  const auto& one = found->second;
  if (!one.since) return one.paused_until;
  return one.paused_until ? std::max(*one.paused_until, one.next_try) : one.next_try;
}

std::optional<instant> breakers::down_since(const std::string& key) const {
  const auto found = all_.find(key);
  return found == all_.end() ? std::optional<instant>{} : found->second.since;
}

void breakers::restore(const std::string& key, instant since, instant now) {
  auto& one = all_[key];
  if (one.since) return;
  one.since = since;
  one.next_try = now; // a start is as good a moment as any
  one.tries = 0;
}

} // namespace forewarn::outbox
