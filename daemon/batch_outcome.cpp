// SPDX-License-Identifier: Apache-2.0
#include "daemon/batch_outcome.hpp"

namespace forewarn {

void add(batch_outcome& sum, const batch_outcome& more) {
  sum.rows += more.rows;
  sum.accepted += more.accepted;
  sum.revised += more.revised;
  sum.withdrawn += more.withdrawn;
  sum.duplicate += more.duplicate;
  sum.stale += more.stale;
  sum.unselected += more.unselected;
  sum.quarantined += more.quarantined;
  sum.odd_times += more.odd_times;
  for (const auto& reason : more.reasons)
    if (sum.reasons.size() < most_reasons) sum.reasons.push_back(reason);
}

} // namespace forewarn
