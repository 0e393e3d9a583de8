// SPDX-License-Identifier: Apache-2.0
// The configuration that is in force, with the secrets that requests are checked against. Replaced as a whole by a
// reload, never changed: whoever holds one works to its end with it.
#pragma once

#include "daemon/settings.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace forewarn {

struct in_force {
  configuration all;
  std::map<feed_id, sensitive<std::string>> feed_tokens;
  sensitive<std::string> api_token;    // empty: nobody may by TCP
  sensitive<std::string> notify_token; // of GOV.UK Notify's receipts; empty: none are taken

  [[nodiscard]] const connectors::feed* feed(const feed_id& id) const;
};

// Adds a problem where the api token cannot be read; says in the log which feed's token cannot.
[[nodiscard]] std::shared_ptr<const in_force> put_in_force(configuration all);

// Takes the same time whatever differs, so that a token cannot be guessed letter by letter.
[[nodiscard]] bool same_secret(std::string_view given, const sensitive<std::string>& wanted);

// The token of "Authorization: Bearer TOKEN"; empty where there is none.
[[nodiscard]] std::string bearer_token(std::string_view authorization);

// What is in force now; swapped by a reload, read by anyone.
using configuration_in_force = std::atomic<std::shared_ptr<const in_force>>;

} // namespace forewarn
