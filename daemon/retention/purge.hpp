// SPDX-License-Identifier: Apache-2.0
// Retention: records whose newest revision was received longer ago than their feed's `retention` are removed, with
// what was refused of that feed. Kept for ever are counts by day, place and drugs (forewarn/kept_day.hpp), so that an
// old drug never becomes new, and a series' past stays as long as its method looks back. Alerts, messages and signals
// stay: they name no person.
//
// Records that hold up an open signal wait until it has closed.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/desk.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/store.hpp"
#include "forewarn/zone.hpp"

#include <functional>
#include <string>
#include <vector>

namespace forewarn::retention {

struct expired_feed {
  feed_id feed;
  duration kept{};
  instant before; // received before: goes
  expired_counts counts;
};

// What would go now, by feed; feeds without a `retention` are not among them.
[[nodiscard]] std::vector<expired_feed> what_expired(const std::vector<connectors::feed>& feeds,
                                                     const store_reader& from, instant now);

// Removes these records, inside a transaction; those that were sent again meanwhile stay. Answers how many went.
std::int64_t remove(const feed_id& feed, instant before, const std::vector<record_id>& records,
                    const reference_data& reference, store& ledger);

// Everything that expired, in transactions small enough that the desk goes on working between them. `in_transaction`
// runs a job in one. Answers the records removed.
using transaction = std::function<void(const std::function<void(store&)>&)>;
std::int64_t purge(const std::vector<expired_feed>& what, const reference_data& reference, const store_reader& from,
                   const transaction& in_transaction);

// "ambulance   received before 2024-11-21: 1200 records, 3 refused rows, 1 unknown word", one line per feed.
[[nodiscard]] std::string to_text(const std::vector<expired_feed>& what, const zone& local);

} // namespace forewarn::retention
