// SPDX-License-Identifier: Apache-2.0
// When a delivery is tried again, and what it is after an attempt. Pure: no clock, no randomness, no store.
#include "daemon/delivery/outbox.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace forewarn::outbox {

namespace {

using namespace std::chrono_literals;

// After n failures; the last one repeats.
constexpr std::array<duration, 11> gaps{0s, 5s, 30s, 2min, 5min, 15min, 30min, 1h, 2h, 5h, 10h};

duration spread_out(duration gap, double spread) {
  // Added, never taken away: nobody is tried earlier than the schedule or their own Retry-After says.
  const auto share = std::clamp(spread, 0.0, 1.0) / 5.0;
  return gap + std::chrono::duration_cast<duration>(share * gap);
}

duration tried_for(const delivery& row, instant until) {
  return std::max(until - *row.first_attempt_at - row.stood_still, duration::zero());
}

} // namespace

std::optional<duration> next_gap(int attempts, duration since_first, double spread,
                                 std::optional<duration> retry_after) {
  const duration left = longest_trying - since_first;
  if (left <= duration::zero()) return {};
  const auto step = std::min<std::size_t>(static_cast<std::size_t>(std::max(attempts, 0)), gaps.size() - 1);
  // A Retry-After past the end would overflow when spread; nobody waits longer than there is time left.
  const duration wished = std::clamp(retry_after.value_or(duration::zero()), duration::zero(), left);
  return std::min(spread_out(std::max(gaps.at(step), wished), spread), left);
}

delivery settle(delivery row, const attempt& came, instant now, double spread, std::optional<instant> down_since) {
  row.attempts += 1;
  if (!row.first_attempt_at) row.first_attempt_at = now;
  row.leased_until.reset();
  row.last_result = came.said;
  const auto end_as = [&](delivery_state state) {
    row.state = state;
    row.settled_at = now;
  };
  switch (came.result) {
  case attempt_result::delivered: end_as(delivery_state::delivered); break;
  case attempt_result::refused: end_as(delivery_state::dead); break;
  case attempt_result::gone: end_as(delivery_state::disabled); break;
  case attempt_result::again:
    if (const auto gap = next_gap(row.attempts, tried_for(row, down_since.value_or(now)), spread, came.retry_after))
      row.due_at = now + *gap;
    else
      end_as(delivery_state::dead);
    break;
  }
  return row;
}

} // namespace forewarn::outbox
