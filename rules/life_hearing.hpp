// SPDX-License-Identifier: Apache-2.0
// Inside `life` only: one reconsideration under way, and what it has changed in the signal at hand so far.
#pragma once

#include "rules/life.hpp"

#include <algorithm>

namespace forewarn::rules {

[[nodiscard]] inline bool is_finding(const looked_at& window, bool late) {
  return window.found && window.why != occasion::checked && window.late == late;
}

struct life::hearing {
  subject& about;
  subject_index which;
  const reconsideration& seen;
  const evidence_of& members;
  events& out;
  std::vector<observation_index> added = {};
  std::vector<observation_index> removed = {};

  [[nodiscard]] bool finds(bool late) const {
    return std::any_of(seen.windows.begin(), seen.windows.end(),
                       [late](const looked_at& window) { return is_finding(window, late); });
  }
};

} // namespace forewarn::rules
