// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/envelope.hpp"

#include <fmt/format.h>

namespace forewarn::alerting {

result<std::string, std::string> envelope(const std::string& type, instant now, const std::string& data) {
  auto body = fmt::format(R"({{"type":"{}","timestamp":"{}","data":{}}})", type, format_rfc3339(now), data);
  if (body.size() >= largest_webhook_body)
    return failure(fmt::format("the message is {} bytes as a webhook, and {} is the most a receiver must take: shorten "
                               "the approved words in templates/blocks",
                               body.size(), largest_webhook_body - 1));
  return body;
}

} // namespace forewarn::alerting
