// SPDX-License-Identifier: Apache-2.0
// What does not get through, for the person who keeps it running: by destination what waits, since when it is down,
// why the last attempt failed; what was given up; and who has not confirmed what they were sent.
#pragma once

#include "daemon/alerting/services.hpp"
#include "daemon/panel/receipt.hpp"
#include "forewarn/store.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace forewarn::outbox {

struct stuck_destination {
  service_id service;
  std::string channel;
  std::size_t waiting = 0; // tried in vain, or held back because the destination is down
  std::size_t red = 0;     // of these
  std::optional<instant> oldest;
  std::optional<instant> down_since;
  bool said_gone = false; // 410: nothing is sent to it until a test arrives
  std::optional<instant> next_try;
  std::string last_result;
};
struct stuck {
  std::vector<stuck_destination> destinations; // the oldest message first
  std::vector<due_delivery> lost;              // given up lately, and nobody of the service has it: the newest first
  std::vector<panel::receipt> unconfirmed;
};

// Only what is wrong: what is merely on its way is not in it.
[[nodiscard]] stuck what_is_stuck(const alerting::service_book& services, const store_reader& stored, instant now);
[[nodiscard]] boost::json::object as_json(const stuck& all);

// What an attempt's result ("SMTP 451 4.7.1 ...", "connect: refused") means, and what to look at, in a sentence
// without its full stop; empty where the result speaks for itself.
[[nodiscard]] std::string in_plain_words(const std::string& last_result);

} // namespace forewarn::outbox
