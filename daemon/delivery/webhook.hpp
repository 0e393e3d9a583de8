// SPDX-License-Identifier: Apache-2.0
// Posts signed messages to webhooks: one attempt each, over connections that are kept and used again. It decides
// nothing about retries and knows no store.
#pragma once

#include "daemon/delivery/http_connection.hpp"
#include "daemon/delivery/outbox.hpp"
#include "daemon/delivery/signature.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <vector>

namespace forewarn::outbox {

struct webhook_target {
  std::string url;
  std::string ca_file;          // trust only this authority; empty = the system's
  bool private_address = false; // loopback, private and link-local addresses are allowed
};

struct webhook_post {
  std::string id; // webhook-id: the same over all retries
  instant sent_at;
  std::string body;
  std::vector<signing_key> keys;
};

// What an HTTP answer means: 2xx delivered, 410 gone, everything else again.
[[nodiscard]] attempt judge(unsigned status, std::string_view retry_after, instant now);

// Used on one executor (a strand, or a context that one thread runs).
class webhook_client {
public:
  explicit webhook_client(http_limits limits = {});
  webhook_client(webhook_client&&) noexcept;
  webhook_client& operator=(webhook_client&&) noexcept;
  ~webhook_client();

  // Never throws for what the network does.
  boost::asio::awaitable<attempt> post(webhook_target to, webhook_post what);

  // Closes kept connections and forgets certificates: after a reload.
  void forget();
  [[nodiscard]] std::uint64_t connections_opened() const noexcept;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace forewarn::outbox
