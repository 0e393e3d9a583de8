// SPDX-License-Identifier: Apache-2.0
// What a person asks of the quarantine, the same through the daemon and without it: which rows, and the answer.
#pragma once

#include "daemon/quarantine/retry.hpp"
#include "daemon/reader_pool.hpp"
#include "daemon/settings.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace forewarn {

struct quarantine_wish {
  std::optional<feed_id> feed;
  std::optional<std::int64_t> id;
  std::string code; // "bad-time"; empty: any
};

// Those that are there, newest first.
[[nodiscard]] std::vector<quarantined_row> wished_rows(const store_reader& stored, const quarantine_wish& wish);

struct retry_answer {
  retried_rows all;
  std::vector<std::string> unknown_feeds; // rows of feeds that are configured no longer stay
};
// The error says why nothing was tried.
[[nodiscard]] result<retry_answer, std::string> retry_wished(const configuration& all, reader_pool& readers,
                                                             const take_batch& take, const quarantine_wish& wish);

// In a transaction of the desk.
void release_rows(const std::vector<quarantined_row>& rows, store& ledger);
// Afterwards; a raw row that stays behind is named by nothing and goes with its retention.
void forget_raw(const configuration& all, const std::vector<quarantined_row>& rows);

[[nodiscard]] boost::json::object view(const retry_answer& one);
[[nodiscard]] boost::json::object view(const reread_files& one);
[[nodiscard]] std::string no_files_kept(); // what to do about it

} // namespace forewarn
