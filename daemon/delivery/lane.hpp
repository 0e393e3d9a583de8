// SPDX-License-Identifier: Apache-2.0
// Lanes: what was claimed, waiting by destination, so that a slow receiver holds up its own messages and nobody
// else's. Pure bookkeeping; the sender runs the attempts.
#pragma once

#include "forewarn/store.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace forewarn::outbox {

// A delivery that this process holds the lease of.
struct claimed {
  due_delivery due;
  std::string disabled_url; // the URL on which this destination said 410; empty: it did not
  std::string token{};      // of the link by which its service says that it has this; empty: none
};

class lanes {
public:
  struct limits {
    std::size_t at_once = 4;  // attempts per destination
    std::size_t waiting = 64; // per destination, beyond those under way
  };
  explicit lanes(limits allowed) : allowed_{allowed} {}

  enum class taken {
    queued,
    held_already, // claimed again because its lease ran out while it waits here
    full,         // its destination has enough waiting: hand it back
  };
  [[nodiscard]] taken put(claimed one);

  // The next attempt that may start now, oldest first within a destination; counted as under way until `ended`.
  [[nodiscard]] std::optional<claimed> start();
  void ended(const delivery& row);
  void settled(const message_id& id); // written down: no longer ours

  void drop_waiting(); // at a stop: their leases are released at the next start
  [[nodiscard]] std::size_t held() const { return held_.size(); }
  [[nodiscard]] std::size_t under_way() const { return under_way_; }

private:
  struct lane {
    std::deque<claimed> waiting;
    std::size_t under_way = 0;
  };
  static std::string key(const delivery& row) { return row.service.str() + '/' + row.channel; }

  limits allowed_;
  std::map<std::string, lane> lanes_;
  std::set<message_id> held_;
  std::size_t under_way_ = 0;
};

} // namespace forewarn::outbox
