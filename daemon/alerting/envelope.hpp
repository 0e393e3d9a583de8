// SPDX-License-Identifier: Apache-2.0
// The webhook body around any message: {"type", "timestamp", "data"}, never larger than a receiver must accept.
#pragma once

#include "forewarn/instant.hpp"
#include "forewarn/result.hpp"

#include <cstddef>
#include <string>

namespace forewarn::alerting {

// Standard Webhooks asks for less than 20 kB.
constexpr std::size_t largest_webhook_body = 20'000;
// What phones and mail lists show of a subject.
constexpr std::size_t longest_subject = 78;

// `data` is a JSON object, as text. Fails, saying by how much, where the body would be too large.
[[nodiscard]] result<std::string, std::string> envelope(const std::string& type, instant now, const std::string& data);

} // namespace forewarn::alerting
