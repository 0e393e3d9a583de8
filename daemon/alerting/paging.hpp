// SPDX-License-Identifier: Apache-2.0
// Whom on-call's notices go to, by the rota, and what happens while nobody has read one: the same person's next
// channel, then the next person's, then everybody who may act. A notice counts as read when a person says so, or has
// acted on it.
#pragma once

#include "daemon/alerting/outgoing.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn::alerting {

// Services with the role on_call, and whoever the rota has on duty.
[[nodiscard]] std::vector<const service*> on_call_now(const setup& with, instant now);

// A notice that the rota's people were given and nobody has read.
struct unread_notice {
  std::string key;
  std::vector<signal_id> signals;
  std::string subject;
  message_id first;               // the delivery it began with: the message is that one's
  std::vector<std::string> asked; // "service/channel"
  instant next_at;
};
[[nodiscard]] std::vector<unread_notice> unread_notices(const store_reader& ledger);

// To every service with the role on_call by all its channels, and to the person on duty: by the first channel where the
// rota says when a notice counts as unread, else by all. `to_be_read`: it is asked after.
void give_to_on_call(const message& what, const std::string& key, std::vector<signal_id> about, bool to_be_read,
                     const setup& with, store& ledger, instant now);

// What has not been read in time goes on.
void escalate_unread(const setup& with, store& ledger, instant now);
[[nodiscard]] std::optional<instant> next_escalation(const store_reader& ledger);

// A person has read what was sent about this signal or assessment. How many notices that was.
std::size_t note_read(const std::string& what, store& ledger);

} // namespace forewarn::alerting
