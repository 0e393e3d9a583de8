// SPDX-License-Identifier: Apache-2.0
// What became of the rows of a batch, a file or a pushed body. Pure counting:
// accepted + duplicate + stale + unselected + quarantined = rows; accepted includes revised and withdrawn.
#pragma once

#include "connectors/feed.hpp"
#include "forewarn/closed_sets.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace forewarn {

struct row_reason {
  std::int64_t line = 0;
  std::string column, code, reason;
};

// So many reasons are told to whoever sent the rows; quarantine holds all.
inline constexpr std::size_t most_reasons = 100;

// What became of one row, for the partner's receipt.
struct row_fate {
  row_result result = row_result::accepted;
  bool revised = false, withdrawn = false;
  connectors::rejected why{}; // of a quarantined one
};

struct batch_outcome {
  std::int64_t rows = 0, accepted = 0, revised = 0, withdrawn = 0, duplicate = 0, stale = 0, unselected = 0,
               quarantined = 0;
  std::int64_t odd_times = 0;      // in an hour that a change of clocks repeats or skips; resolved by the stated rule
  std::vector<row_fate> fates;     // one per row, where the batch asked for them; not added up
  std::vector<row_reason> reasons; // of the quarantined, the first `most_reasons`
};

// Adds a later batch of the same file or body.
void add(batch_outcome& sum, const batch_outcome& more);

} // namespace forewarn
