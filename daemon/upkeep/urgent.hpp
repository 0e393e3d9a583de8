// SPDX-License-Identifier: Apache-2.0
// A message that cannot wait for the disk: sent at once by every channel of the operators' services, past the store and
// its outbox. Nothing of it is durable; whoever uses it tries again while the fault lasts.
#pragma once

#include "daemon/in_force.hpp"
#include "forewarn/operator_notice.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace forewarn {

// How many channels took it. Retries of one notice carry the same ids, so that a receiver knows them.
[[nodiscard]] boost::asio::awaitable<std::size_t> send_urgently(std::shared_ptr<const in_force> with,
                                                                operator_notice what, instant now);

} // namespace forewarn
