// SPDX-License-Identifier: Apache-2.0
// What GOV.UK Notify reports of a message it took: arrived, or not. A failure makes the delivery a lost one: its
// service's fallback is used, and a person is told.
#pragma once

#include "daemon/desk.hpp"
#include "forewarn/result.hpp"

#include <string>

namespace forewarn::outbox {

struct notify_report {
  std::string reference; // ours, of the request
  std::string status;    // "delivered", "permanent-failure", "temporary-failure", "technical-failure", ...
};
// The body of Notify's callback.
[[nodiscard]] result<notify_report, std::string> parse_notify_report(const std::string& body);

// False where there is no such delivery. The same report twice changes nothing.
bool take_notify_report(const notify_report& said, desk_view& view);

} // namespace forewarn::outbox
