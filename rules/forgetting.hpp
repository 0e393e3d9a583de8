// SPDX-License-Identifier: Apache-2.0
// Which observations a rule forgets: those that both happened and first arrived before an instant. By both, so that a
// year's file brought in today is whole while it is taken, however old its records are.
#pragma once

#include "rules/tally.hpp"

namespace forewarn::rules {

struct forgetting {
  instant before = instant::min();
  observation_index below = 0; // the first that arrived at `before` or later

  [[nodiscard]] bool operator()(instant happened, observation_index who) const {
    return who < below && happened < before;
  }
};

} // namespace forewarn::rules
