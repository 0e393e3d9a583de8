// SPDX-License-Identifier: Apache-2.0
// What a detector reports when an observation arrives, changes or goes: the windows it looked at, and what it found.
#pragma once

#include "forewarn/signal.hpp"
#include "rules/tally.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace forewarn::rules {

// A window is known by its end; where each record has a window of its own, by the record too.
struct window_id {
  instant end;
  observation_index record = 0;
  friend auto operator<=>(const window_id&, const window_id&) = default;
};

struct verdict {
  forewarn::level level = forewarn::level::amber;
  double value = 0;
  double bound = 0;
  double rank = 0; // the more the better, at one level: mostly the value
};

enum class occasion : std::uint8_t {
  arrived, // the window holds what has just arrived: it may open, raise and prolong a signal
  revived, // it qualifies because another record went: it may open one
  checked, // it held what went: it may only keep a signal up, or let it fall
};

struct looked_at {
  window_id id;
  time_window span;
  std::optional<verdict> found; // where it qualifies
  occasion why = occasion::arrived;
  bool late = false;            // by `max_delay`
  bool joins = false;           // does not qualify, yet is evidence of a signal already open
  bool from_below = false;      // just before its end the lowest bound was not reached
  observation_index opener = 0; // whose arrival it is
  bool rests_on_opener = true;  // it is evidence of what was found
};

// One subject reconsidered at `now`, after its observations have changed.
struct reconsideration {
  instant now;
  bool corrected = false;                        // an earlier form of a record went or changed, here
  std::vector<looked_at> windows;                // by id
  std::optional<observation_index> arrived = {}; // where a form of it is here now
  // More in a window that holds may end that, or change what it rests on: what is known of its members is not enough.
  bool unsteady = false;
  // Windows of one day after the other overlap by nature: one with a record that no closed signal rests on is a finding
  // of its own, spent records in it or not.
  bool overlaps = false;
  std::optional<instant> clears_at = {}; // where that is not `clear_after` past the window and the finding
};

// Highest level, then the best at it.
[[nodiscard]] inline bool ranks_above(const verdict& a, const verdict& b) {
  return a.level != b.level ? a.level > b.level : a.rank > b.rank;
}

} // namespace forewarn::rules
