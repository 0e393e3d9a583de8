// SPDX-License-Identifier: Apache-2.0
// The count over a stretch of a timeline that moves on with time: what leaves is taken away, what comes is added, so
// that a long baseline costs no recount. What comes late is counted by a stretch of its own that follows behind.
#pragma once

#include "rules/tally.hpp"

namespace forewarn::rules {

class sliding_count {
public:
  // Over (after, to] of the line whose every change it is told.
  [[nodiscard]] amount over(const timeline& line, instant after, instant to);
  void inserted(const entry& one);
  void erased(instant at, share adds);
  // The line has lost more than it was told: it is counted anew.
  void start_over() { front_ = behind_ = {}; }

private:
  struct stretch {
    instant after, to;
    tally counted;
    bool known = false;

    [[nodiscard]] bool can_move_to(instant new_after, instant new_to) const {
      return known && new_after >= after && new_after <= to && new_to >= to;
    }
    void move_to(const timeline& line, instant new_after, instant new_to);
    void start(const timeline& line, instant from, instant until);
    [[nodiscard]] bool holds(instant at) const { return known && at > after && at <= to; }
  };

  stretch front_, behind_;
};

} // namespace forewarn::rules
