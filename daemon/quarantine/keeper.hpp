// SPDX-License-Identifier: Apache-2.0
// Looks after what was refused, from time to time: records of the future are tried again when their time has come, raw
// rows, raw files and receipts go when their retention ends.
#pragma once

#include "daemon/in_force.hpp"
#include "daemon/quarantine/retry.hpp"
#include "daemon/reader_pool.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

namespace forewarn {

struct quarantine_parts {
  configuration_in_force& current;
  desk& state;
  reader_pool& readers;
  const clock& time;
};

// One round; blocking. Only where refused rows are kept.
void retry_what_is_due(const quarantine_parts& parts);
void forget_what_is_old(const quarantine_parts& parts, const raw_files* kept);

// Rounds until the executor stops.
boost::asio::awaitable<void> keep_quarantine(quarantine_parts parts, const raw_files* kept,
                                             boost::asio::thread_pool& workers);

} // namespace forewarn
