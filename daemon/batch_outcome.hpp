// SPDX-License-Identifier: Apache-2.0
// What became of the rows of a batch, a file or a pushed body. Pure counting:
// accepted + duplicate + stale + unselected + quarantined = rows; accepted includes revised and withdrawn.
#pragma once

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

struct batch_outcome {
  std::int64_t rows = 0, accepted = 0, revised = 0, withdrawn = 0, duplicate = 0, stale = 0, unselected = 0,
               quarantined = 0;
  std::vector<row_reason> reasons; // of the quarantined, the first `most_reasons`
};

// Adds a later batch of the same file or body.
void add(batch_outcome& sum, const batch_outcome& more);

} // namespace forewarn
