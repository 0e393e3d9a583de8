// SPDX-License-Identifier: Apache-2.0
// What becomes of a batch of rows: which are new, which replace, which are known already, which cannot be used. Runs
// inside the desk's transaction; commits nothing and tells nobody.
#pragma once

#include "daemon/arrival/intake_news.hpp"
#include "daemon/desk.hpp"

#include <functional>
#include <optional>

namespace forewarn {

// What a usable row is, given what is stored under its identity.
struct row_verdict {
  row_result result = row_result::accepted;
  bool revises = false;   // accepted, and it replaces what was stored
  bool withdraws = false; // accepted, and the record counts no longer
};

// Higher revision: replaces. Lower: stale. Same revision: the same content is a duplicate, other content is settled by
// the feed's rule; a withdrawal always counts, for a partner who takes a record back means it.
[[nodiscard]] row_verdict judge(const std::optional<observation>& stored, const observation& arrived,
                                connectors::conflict_rule conflict);

// A row that only names what it withdraws, completed from what is stored.
[[nodiscard]] observation completed_withdrawal(const std::optional<observation>& stored, observation arrived);

// What is to be stored of a row: itself, what it withdraws, or, where the feed's rows complete each other, the record
// with what the row adds to it.
[[nodiscard]] observation arrived_form(const std::optional<observation>& stored, const connectors::taken_row& row,
                                       const observation& seen, connectors::conflict_rule conflict);

// How far ahead of the daemon's clock a record may lie; beyond it a clock or a zone is wrong.
inline constexpr duration future_tolerance = std::chrono::minutes{10};

struct row_ingest {
  store& ledger;
  std::function<instant()> stamp;                   // strictly increasing
  std::function<void(const observation&)> evaluate; // the rules, once per accepted row
  raw_vault* raw_rows = nullptr;                    // keeps refused rows as they came
  arrival::intake_news* news = nullptr;             // what the rows show of their sender
  // False only of a record that was never stored: then nothing need be looked for. Absent: always looked for.
  std::function<bool(const observation_key&)> may_be_stored = {};
};

// Appends, quarantines and counts every row, and saves the file's progress. Every row gets exactly one result.
[[nodiscard]] batch_outcome take_rows(const row_batch& batch, const row_ingest& into);

} // namespace forewarn
