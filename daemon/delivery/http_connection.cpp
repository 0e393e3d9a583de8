// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/http_connection.hpp"

#include "forewarn/text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <vector>

namespace forewarn::outbox {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = net::ip::tcp;

constexpr auto as_result = net::as_tuple(net::use_awaitable);
constexpr std::size_t read_chunk = 8192;
constexpr std::size_t header_bytes = 16U << 10U;

std::string in_words(const error_code& error) {
  return error == beast::error::timeout ? "no answer in time" : error.message();
}

// OpenSSL's own check rather than Asio's callback: it can say "hostname mismatch".
bool expect_host(SSL* session, const std::string& host) {
  error_code not_a_literal;
  const auto address = net::ip::make_address(host, not_a_literal);
  auto* parameters = SSL_get0_param(session);
  if (!not_a_literal) return X509_VERIFY_PARAM_set1_ip_asc(parameters, address.to_string().c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(session, host.c_str()) == 1 && SSL_set_tlsext_host_name(session, host.c_str()) == 1; // NOLINT
}

using parser_type = http::response_parser<http::string_body>;

std::unique_ptr<parser_type> new_parser(const http_limits& limits) {
  auto parser = std::make_unique<parser_type>();
  parser->eager(true);
  parser->header_limit(header_bytes);
  parser->body_limit(limits.answer_bytes);
  return parser;
}

bool is_interim(const parser_type& parser) {
  return parser.is_done() && parser.get().result_int() / 100 == 1;
}

http_answer read_answer(const parser_type& parser, bool whole) {
  const auto& got = parser.get();
  http_answer answer;
  answer.status = got.result_int();
  answer.retry_after = std::string{got[http::field::retry_after]};
  answer.keep = whole && parser.is_done() && parser.keep_alive();
  answer.body = got.body();
  return answer;
}

// RFC 6761, section 6.3: these names mean this machine and are not looked up; a system without /etc/hosts cannot
// anyway.
std::vector<tcp::endpoint> of_this_machine(const destination& to) {
  const auto name = ascii_lower(to.host);
  unsigned short port = 0;
  const auto [end, wrong] = std::from_chars(to.port.data(), to.port.data() + to.port.size(), port);
  if ((name != "localhost" && !name.ends_with(".localhost")) || wrong != std::errc{} || *end != '\0') return {};
  return {{net::ip::address_v4::loopback(), port}, {net::ip::address_v6::loopback(), port}};
}

} // namespace

result<std::shared_ptr<net::ssl::context>, std::string> make_trust(const std::string& ca_file) {
  auto trust = std::make_shared<net::ssl::context>(net::ssl::context::tls_client);
  trust->set_options(net::ssl::context::default_workarounds | net::ssl::context::no_tlsv1 |
                     net::ssl::context::no_tlsv1_1);
  trust->set_verify_mode(net::ssl::verify_peer);
  boost::system::error_code failed;
  if (ca_file.empty())
    trust->set_default_verify_paths(failed);
  else
    trust->load_verify_file(ca_file, failed);
  if (failed)
    return failure(fmt::format("ca_file '{}': {}", ca_file.empty() ? "(the system's)" : ca_file, failed.message()));
  return trust;
}

http_connection::http_connection(const net::any_io_executor& where, std::shared_ptr<net::ssl::context> trust,
                                 http_limits limits)
    : limits_{limits}, trust_{std::move(trust)} {
  if (trust_)
    secure_.emplace(where, *trust_);
  else
    plain_.emplace(where);
}

net::awaitable<http_connection::opened> http_connection::open(destination to, std::shared_ptr<net::ssl::context> trust,
                                                              bool private_address, http_limits limits) {
  const auto where = co_await net::this_coro::executor;
  std::unique_ptr<http_connection> made{new http_connection{where, std::move(trust), limits}};
  auto wrong = co_await made->connect(to, private_address);
  if (!wrong && made->secure_) wrong = co_await made->handshake(to);
  if (wrong) co_return failure(std::move(*wrong));
  co_return made;
}

net::awaitable<http_connection::fault> http_connection::connect(destination to, bool private_address) {
  auto endpoints = of_this_machine(to);
  if (endpoints.empty()) {
    tcp::resolver resolver{co_await net::this_coro::executor};
    const auto [unresolved, found] = co_await resolver.async_resolve(to.host, to.port, as_result);
    if (unresolved) co_return http_fault{fmt::format("resolve {}: {}", to.host, unresolved.message())};
    endpoints.assign(found.begin(), found.end());
  }

  std::vector<tcp::endpoint> allowed;
  for (const auto& endpoint : endpoints)
    if (private_address || is_public(endpoint.address())) allowed.push_back(endpoint);
  if (allowed.empty())
    co_return http_fault{fmt::format("{} leads to private addresses only; set private_address: true on the channel "
                                     "if that is meant",
                                     to.host),
                         true};

  const auto deadline = std::chrono::steady_clock::now() + limits_.connect;
  error_code failed;
  for (const auto& endpoint : allowed) {
    socket().expires_at(std::min(deadline, std::chrono::steady_clock::now() + limits_.one_connect));
    std::tie(failed) = co_await socket().async_connect(endpoint, as_result);
    if (!failed) {
      socket().socket().set_option(tcp::no_delay{true}, failed);
      socket().expires_at(deadline); // the handshake shares it
      co_return std::nullopt;
    }
    socket().close();
  }
  co_return http_fault{fmt::format("connect {}:{}: {}", to.host, to.port, in_words(failed))};
}

net::awaitable<http_connection::fault> http_connection::handshake(destination to) {
  if (!expect_host(secure_->native_handle(), to.host))
    co_return http_fault{fmt::format("TLS: '{}' cannot be checked as a host name", to.host)};
  const auto [failed] = co_await secure_->async_handshake(net::ssl::stream_base::client, as_result);
  if (!failed) co_return std::nullopt;
  const auto verdict = SSL_get_verify_result(secure_->native_handle());
  if (verdict != X509_V_OK)
    co_return http_fault{
        fmt::format("TLS {}: certificate refused: {}", to.host, X509_verify_cert_error_string(verdict))};
  co_return http_fault{fmt::format("TLS {}: {}", to.host, in_words(failed))};
}

net::awaitable<error_code> http_connection::write(const std::string& text) {
  error_code failed;
  std::size_t written = 0;
  if (secure_)
    std::tie(failed, written) = co_await net::async_write(*secure_, net::buffer(text), as_result);
  else
    std::tie(failed, written) = co_await net::async_write(*plain_, net::buffer(text), as_result);
  co_return failed;
}

net::awaitable<error_code> http_connection::read_more() {
  error_code failed;
  std::size_t size = 0;
  const auto room = buffer_.prepare(read_chunk);
  if (secure_)
    std::tie(failed, size) = co_await secure_->async_read_some(room, as_result);
  else
    std::tie(failed, size) = co_await plain_->async_read_some(room, as_result);
  buffer_.commit(size);
  co_return failed;
}

net::awaitable<result<http_answer, http_fault>> http_connection::exchange(const std::string& request) {
  socket().expires_after(limits_.answer);
  if (const auto failed = co_await write(request))
    co_return failure(http_fault{"write: " + in_words(failed), false, failed != beast::error::timeout});

  auto parser = new_parser(limits_);
  bool silent = true;
  for (;;) {
    const auto failed = co_await read_more();
    silent = silent && buffer_.size() == 0;
    error_code malformed;
    while (buffer_.size() > 0 && !malformed && !parser->is_done()) {
      buffer_.consume(parser->put(buffer_.data(), malformed));
      if (is_interim(*parser)) parser = new_parser(limits_);
    }
    const bool broken = malformed && malformed != http::error::need_more;
    if (parser->is_header_done() && (parser->is_done() || failed || broken))
      co_return read_answer(*parser, !failed && !broken && buffer_.size() == 0);
    if (broken) co_return failure(http_fault{"the answer is not HTTP: " + malformed.message()});
    if (failed)
      co_return failure(http_fault{silent && failed != beast::error::timeout ? "closed without an answer"
                                                                             : "read: " + in_words(failed),
                                   false, silent && failed != beast::error::timeout});
  }
}

} // namespace forewarn::outbox
