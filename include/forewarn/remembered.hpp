// SPDX-License-Identifier: Apache-2.0
// What is kept for ever of records beyond their retention: how many, by day, place and substance. No person, no
// record, no time of day.
#pragma once

#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

namespace forewarn {

struct daily_count {
  feed_id feed;
  kind_id kind;
  area_code area;         // the ward, else the smallest named; empty where none was
  substance_id substance; // empty: the records themselves, whatever they held
  bool confirmed = false; // by a laboratory
  std::int64_t day = 0;   // since 1970, in the configured zone
  double count = 0;       // summed weights

  friend bool operator==(const daily_count&, const daily_count&) = default;
};

// When something was seen first and last, over all its daily counts.
struct remembered {
  feed_id feed;
  kind_id kind;
  area_code area;
  substance_id substance;
  bool confirmed = false;
  std::int64_t first_day = 0, last_day = 0;

  friend bool operator==(const remembered&, const remembered&) = default;
};

} // namespace forewarn
