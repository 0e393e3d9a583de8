// SPDX-License-Identifier: Apache-2.0
// One HTTP/1.1 connection to a webhook's destination, plain or TLS: opened, then any number of exchanges one after the
// other. It follows no redirect, keeps no cookie, and gives up when its deadlines say so.
#pragma once

#include "daemon/delivery/destination.hpp"
#include "forewarn/result.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace forewarn::outbox {

struct http_limits {
  std::chrono::milliseconds one_connect = std::chrono::seconds{5}; // per address
  std::chrono::milliseconds connect = std::chrono::seconds{10};    // all addresses and the TLS handshake
  std::chrono::milliseconds answer = std::chrono::seconds{15};     // from the first byte written to the last byte read
  std::size_t answer_bytes = 64U << 10U;                           // of a body that nobody reads
};

struct http_answer {
  unsigned status = 0;
  std::string retry_after;
  bool keep = false; // the connection can be used again
  std::string body;
};

// Trusts only the authority of that PEM file; empty: the system's.
[[nodiscard]] result<std::shared_ptr<boost::asio::ssl::context>, std::string> make_trust(const std::string& ca_file);

struct http_fault {
  std::string why;
  bool not_allowed = false; // the host leads to private addresses only
  bool silent = false;      // closed before a single byte of an answer: a kept connection may simply have gone stale
};

class http_connection {
public:
  using opened = result<std::unique_ptr<http_connection>, http_fault>;

  // `trust` null: no TLS. Resolves, drops addresses that are not allowed, connects to what was checked, and with TLS
  // verifies certificate and host name.
  static boost::asio::awaitable<opened> open(destination to, std::shared_ptr<boost::asio::ssl::context> trust,
                                             bool private_address, http_limits limits);

  // `request` is the whole text of the request. A status that arrived counts, whatever becomes of the body after it.
  boost::asio::awaitable<result<http_answer, http_fault>> exchange(const std::string& request);

private:
  using plain_stream = boost::beast::tcp_stream;
  using secure_stream = boost::beast::ssl_stream<plain_stream>;
  using fault = std::optional<http_fault>;

  http_connection(const boost::asio::any_io_executor& where, std::shared_ptr<boost::asio::ssl::context> trust,
                  http_limits limits);

  boost::asio::awaitable<fault> connect(destination to, bool private_address);
  boost::asio::awaitable<fault> handshake(destination to);
  boost::asio::awaitable<boost::system::error_code> write(const std::string& text);
  boost::asio::awaitable<boost::system::error_code> read_more();
  plain_stream& socket() { return secure_ ? secure_->next_layer() : *plain_; }

  http_limits limits_;
  std::shared_ptr<boost::asio::ssl::context> trust_; // null: plain; outlives the stream
  std::optional<plain_stream> plain_;
  std::optional<secure_stream> secure_;
  boost::beast::flat_buffer buffer_;
};

} // namespace forewarn::outbox
