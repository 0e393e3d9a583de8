// SPDX-License-Identifier: Apache-2.0
// What is kept for ever of records beyond their retention: how many, by day, place and what was recorded of drugs. No
// person, no record, no incident, no time of day.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

#include <optional>
#include <vector>

namespace forewarn {

// The purged records of one day that had all this in common.
struct daily_count {
  feed_id feed;
  kind_id kind;
  area_code ward, lad;                  // named or implied; empty where none was
  area_code area;                       // where no ward was: any other place that was named
  std::vector<substance_id> substances; // as recorded, sorted; none: no drug was recorded
  std::vector<substance_id> confirmed;  // by a laboratory, sorted
  std::optional<forewarn::certainty> certainty;
  std::optional<forewarn::setting> detained; // prison or custody; of any other setting nothing is kept
  std::int64_t day = 0;                      // since 1970, in the configured zone
  double count = 0;                          // summed weights of the records
  // What they count where several records of one incident count once. Absent in what older versions kept: that says
  // what was seen, and stands in no baseline.
  std::optional<double> incidents;

  friend bool operator==(const daily_count&, const daily_count&) = default;
};

// When something was seen first and last, over all its daily counts.
struct remembered {
  feed_id feed;
  kind_id kind;
  area_code area;         // the ward, else the smallest named; empty where none was
  substance_id substance; // empty: the records themselves, whatever they held
  bool confirmed = false;
  std::int64_t first_day = 0, last_day = 0;

  friend bool operator==(const remembered&, const remembered&) = default;
};

} // namespace forewarn
