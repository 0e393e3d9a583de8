// SPDX-License-Identifier: Apache-2.0
// What one day's purged records counted, so that the past of a series outlives retention: by place and by what was
// recorded of drugs. No person, no record, no incident, no time of day. `daily_count` (remembered.hpp) says of each
// drug by itself when it was seen; a record of two drugs is there twice, and nothing can be counted from it.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace forewarn {

// The purged records of one day that had all this in common.
struct kept_day {
  feed_id feed;
  kind_id kind;
  area_code ward, lad;                  // named or implied; empty where none was
  area_code area;                       // where no ward was: any other place that was named
  std::vector<substance_id> substances; // as recorded, sorted; none: no drug was recorded
  std::vector<substance_id> confirmed;  // by a laboratory, sorted
  std::optional<forewarn::certainty> certainty;
  std::optional<forewarn::setting> detained; // prison or custody; of any other setting nothing is kept
  std::int64_t day = 0;                      // since 1970, in the configured zone
  double records = 0;                        // their weights, summed
  double incidents = 0;                      // what they count where several records of one incident count once

  friend bool operator==(const kept_day&, const kept_day&) = default;
};

} // namespace forewarn
