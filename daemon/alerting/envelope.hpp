// SPDX-License-Identifier: Apache-2.0
// The webhook body around any message: {"type", "timestamp", "data"}, never larger than a receiver must accept.
#pragma once

#include "forewarn/instant.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <string>

namespace forewarn::alerting {

// Standard Webhooks asks for less than 20 kB.
constexpr std::size_t largest_webhook_body = 20'000;
// What phones and mail lists show of a subject.
constexpr std::size_t longest_subject = 78;

// Always smaller than `largest_webhook_body`. Where the whole would be larger, lists keep their first items and long
// texts their first words, no more of them than is needed, and `data.shortened` names the keys that lost something:
// the whole stands in the e-mail of the same message, and an alert's at /v1/alerts/REF. References, times and ids are
// never touched.
[[nodiscard]] std::string envelope(const std::string& type, instant now, const boost::json::object& data);

} // namespace forewarn::alerting
