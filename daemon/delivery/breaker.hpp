// SPDX-License-Identifier: Apache-2.0
// Whether a destination is tried at all. One that fails for message after message is down: its breaker opens, one
// message at a time tries whether it is back, the others wait, and nobody's 72 hours run. Pure bookkeeping: no clock,
// no store.
#pragma once

#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace forewarn::outbox {

// It takes so many failures in a row, of so many messages, to say that a destination is down and not a message bad.
inline constexpr int failures_to_open = 10;
inline constexpr std::size_t messages_to_open = 3;

class breakers {
public:
  // What an outcome did to the breaker of `key`.
  enum class change {
    none,
    opened, // it is down: a person is told
    closed, // it works again: what waits is due at once
  };
  // `asked`: the receiver's own wish (Retry-After); until then nothing is tried, whatever else waits for it.
  change failed(const std::string& key, const message_id& what, instant now, std::optional<duration> asked = {});
  change delivered(const std::string& key);

  // Nothing: try it. Else the instant until which it waits; to whoever asks first after that, the try is given.
  [[nodiscard]] std::optional<instant> wait_for(const std::string& key, instant now);
  // When the next try is due; nothing where it is not down and asked for no pause.
  [[nodiscard]] std::optional<instant> next_try(const std::string& key) const;
  // Since when it has been down; nothing where it is not.
  [[nodiscard]] std::optional<instant> down_since(const std::string& key) const;
  // Open since before this process began.
  void restore(const std::string& key, instant since, instant now);

private:
  struct breaker {
    int failures = 0; // in a row
    std::set<message_id> failing;
    std::optional<instant> since; // open
    std::optional<instant> paused_until;
    instant next_try;
    std::size_t tries = 0; // since it opened
  };
  std::map<std::string, breaker> all_; // only those with failures
};

} // namespace forewarn::outbox
