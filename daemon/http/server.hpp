// SPDX-License-Identifier: Apache-2.0
// The HTTP listener: one TCP port (TLS where a certificate is given) and one Unix-domain socket. Knows sockets,
// limits and time-outs; what is asked and answered is the `service`'s business.
//
// Every member is called on the I/O thread.
#pragma once

#include "daemon/http/message.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/result.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace forewarn::http {

struct limits {
  std::size_t head_bytes = 16U << 10U;
  std::size_t body_bytes = 16U << 20U;
  std::size_t connections = 256;                 // per listener, so that a flood on TCP never shuts out `forewarn`
  duration head_time = std::chrono::seconds{15}; // also how long a kept connection may be idle
  duration body_time = std::chrono::seconds{60};
  duration write_time = std::chrono::seconds{30};
};

class server {
public:
  server(boost::asio::io_context& io, service answers, limits allowed);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  // The port that was taken (for port 0), or why none was.
  [[nodiscard]] result<unsigned short, std::string> listen(const std::string& address, unsigned short port,
                                                           std::optional<boost::asio::ssl::context> tls = {});
  // Replaces what a dead process left behind; mode 0660. The caller holds the state folder's lock.
  [[nodiscard]] result<void, std::string> listen_local(const std::filesystem::path& path);

  // Takes no more connections, closes the idle ones, gives the others `grace` to get their answer.
  [[nodiscard]] boost::asio::awaitable<void> stop(duration grace);
  [[nodiscard]] std::size_t connections() const noexcept;

  struct state;

private:
  std::shared_ptr<state> state_;
};

// TLS 1.2 and later with this chain and key.
[[nodiscard]] result<boost::asio::ssl::context, std::string> make_tls(const std::filesystem::path& certificate,
                                                                      const std::string& key_pem);

} // namespace forewarn::http
