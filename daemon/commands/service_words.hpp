// SPDX-License-Identifier: Apache-2.0
// Services and their channels in words, for tables.
#pragma once

#include "daemon/alerting/services.hpp"

#include <string>

namespace forewarn::commands {

// Where a channel leads, without anything secret: of a web address only the host, its path may hold a token.
[[nodiscard]] std::string leads_to(const alerting::channel& by);

// "email (duty@example.org), webhook (https://alerts.example.org)": in the order in which they are used.
[[nodiscard]] std::string channels_of(const alerting::service& one);

} // namespace forewarn::commands
