// SPDX-License-Identifier: Apache-2.0
// Rows out of quarantine once more, through the mapping of today; and kept raw files, for records that were taken
// under a mapping or vocabulary that has been mended since. Both hand rows to the desk like any other sender. Blocking.
#pragma once

#include "daemon/desk.hpp"
#include "daemon/quarantine/raw_files.hpp"
#include "daemon/quarantine/raw_vault.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace forewarn {

// Waits for the commit; throws what the desk throws.
using take_batch = std::function<batch_outcome(row_batch)>;

struct retried_rows {
  batch_outcome sum;       // of those that could be tried
  std::int64_t lost = 0;   // their raw row is kept no longer: only sending them again helps
  std::int64_t locked = 0; // sealed with a key that is not the present one
};

// Rows of one feed, in the order in which they came. What is used now leaves quarantine; what is refused again stays,
// with today's reason.
[[nodiscard]] retried_rows retry_rows(const connectors::feed& of, std::vector<quarantined_row> rows, raw_vault& raw,
                                      const take_batch& take);

struct reread_files {
  std::int64_t files = 0, rows = 0, quarantined = 0, unselected = 0, broken = 0;
  batch_outcome changed;               // what became of the records: what differs is a revision, the rest duplicate
  std::vector<std::string> unreadable; // files that cannot be opened, and why
};

// The last word of the kept files on each record, worked out first, so that nothing goes back and forth; then that
// against what is stored. Rows refused under the mapping of today are counted, not quarantined again.
[[nodiscard]] reread_files reread(const connectors::feed& of, const raw_files& kept, const take_batch& take);

} // namespace forewarn
