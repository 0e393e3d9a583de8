// SPDX-License-Identifier: Apache-2.0
// Whether a service has said that it has a message: asked for by a link that only the message holds, and followed up
// where the service is to answer in time or can be reached another way.
#pragma once

#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace forewarn::panel {

// One per message and service, whatever the number of its channels.
struct receipt {
  std::string token; // of the link /ack/TOKEN; nobody guesses it
  std::int64_t message = 0;
  service_id service;
  std::string about; // "FW-2026-0007 v1", or a signal's id
  std::string key;   // under which the message was sent
  instant asked_at;
  std::optional<instant> confirm_by; // an answer is expected; none: it is taken where it comes
  std::optional<instant> confirmed_at;
  std::string confirmed_by;
  std::optional<instant> fall_back_at; // where nothing has arrived by then, the next fallback is used
  std::optional<instant> escalate_at;  // where nobody has confirmed by then, others are told
  std::int64_t told = 0;               // how often they were
};

} // namespace forewarn::panel
