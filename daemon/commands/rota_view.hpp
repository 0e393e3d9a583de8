// SPDX-License-Identifier: Apache-2.0
// Who is on call at a time, in words and as JSON: what `on-call` and `routes test` both say.
#pragma once

#include "daemon/alerting/services.hpp"
#include "daemon/settings.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace forewarn::commands {

// One who is told, in the order in which it happens.
struct told_in_turn {
  const alerting::service* who = nullptr;
  std::string when; // "at once", "if unread, after 15 minutes"
  std::string by;   // "email (duty@example.org)"
  std::string why;  // "on duty until 2026-11-09 09:00 GMT: turn that began on 2026-11-02"
};

// What happens to a signal's notice that arises then: every service with the role on_call, and by the rota channel
// after channel and person after person.
[[nodiscard]] std::vector<told_in_turn> told_of_signal(const alerting::service_book& book, const zone& local,
                                                       instant at);

[[nodiscard]] boost::json::object as_json(const told_in_turn& one);

// `--at`: nothing after saying on stderr what it may be.
[[nodiscard]] std::optional<instant> read_when(const std::string& text, const configuration& all);

} // namespace forewarn::commands
