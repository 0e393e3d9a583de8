// SPDX-License-Identifier: Apache-2.0
// Sending again what was settled, on a person's word: to one service and nobody else, under the same webhook-id or
// Message-ID, so that whoever has it already recognises it.
#pragma once

#include "daemon/alerting/process.hpp"
#include "forewarn/store.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace forewarn::outbox {

struct replay_wish {
  service_id to;
  instant since;                      // of the deliveries' creation, inclusive
  std::optional<delivery_state> only; // delivered, dead or disabled; absent: all three
};

struct replayed {
  std::size_t again = 0;   // due now
  std::size_t waiting = 0; // were still due, and are left as they are
};

// The clock of tries starts anew; a channel that had said 410 is used again.
[[nodiscard]] replayed replay(const replay_wish& wish, const alerting::decision& by, store& ledger, instant now);
// Of one delivery. Answers what was wrong where it is not there or still waits.
[[nodiscard]] result<delivery, std::string> replay(const message_id& id, const alerting::decision& by, store& ledger,
                                                   instant now);

// The mark under which a destination's 410 is remembered: its value is the URL that said so.
[[nodiscard]] std::string disabled_mark(const delivery& row);

} // namespace forewarn::outbox
