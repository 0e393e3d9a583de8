// SPDX-License-Identifier: Apache-2.0
// The daemon's nouns as JSON for the HTTP interface. Keys are a contract: add, never rename. Times are RFC 3339 UTC.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/desk.hpp"
#include "forewarn/after_signal.hpp"
#include "forewarn/alert.hpp"
#include "forewarn/delivery.hpp"
#include "forewarn/signal.hpp"
#include "forewarn/store.hpp"
#include "rules/plan.hpp"

#include <boost/json/object.hpp>

#include <vector>

namespace forewarn::http {

// `waited`: every notice about it that was or is held back, oldest first.
[[nodiscard]] boost::json::object view(const signal& one, const std::vector<observation_key>& evidence,
                                       const std::vector<waiting_notice>& waited);
[[nodiscard]] boost::json::object view(const mute& one);
[[nodiscard]] boost::json::object view(const assessment& one);
[[nodiscard]] boost::json::object view(const alert& one);
[[nodiscard]] boost::json::object view(const due_delivery& one); // what was sent where; never the message's body
[[nodiscard]] boost::json::object view(const connectors::feed& one, const feed_totals& totals,
                                       const std::optional<feed_watch>& watch);
[[nodiscard]] boost::json::object view(const rules::rule& one);
[[nodiscard]] boost::json::object view(const batch_outcome& one);

} // namespace forewarn::http
