// SPDX-License-Identifier: Apache-2.0
// What becomes of a message after it was sent: by its service's fallback where it did not arrive, to on-call where
// nobody has said that they have it. What a machine answers is no such word: a person says it, by the link that only
// the message holds, or by command.
#pragma once

#include "daemon/alerting/outgoing.hpp"
#include "daemon/panel/receipt.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn::alerting {

// The version of an alert that the message is ("FW-2026-0007", 1), exercises too; nothing where it is another message.
struct alert_version {
  alert_ref ref;
  std::int64_t version = 1;
};
[[nodiscard]] std::optional<alert_version> version_in(const message& what);

// In the transaction that enqueues `row` for the service. Asks only where something follows from it: the service is to
// confirm, can be reached another way, or is on call.
void ask_for_receipt(const message& what, const std::string& key, const delivery& row, const service& to,
                     store& ledger);

// Whatever has fallen due.
void follow_up(const setup& with, store& ledger, instant now);

// A delivery was lost: the service's next fallback is used at once. Answers its name; nothing where none is left, or
// the message has arrived another way.
std::optional<std::string> fall_back(const due_delivery& lost, const setup& with, store& ledger, instant now);

// A person of the service has it: nothing more is asked. The first word counts, a second changes nothing. On-call's
// own notices count as read.
[[nodiscard]] result<panel::receipt, std::string> confirm(const std::string& token, const decision& by, process& work,
                                                          store& ledger, instant now);
// The same for what was sent to the service about an alert ("FW-2026-0007"), its newest version.
[[nodiscard]] result<panel::receipt, std::string>
confirm(const service_id& to, const std::string& about, const decision& by, process& work, store& ledger, instant now);

} // namespace forewarn::alerting
