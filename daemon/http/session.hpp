// SPDX-License-Identifier: Apache-2.0
// One connection: reads a request under limits, has it answered, writes the answer, and again. A template over the
// kind of stream; included by server.cpp only.
#pragma once

#include "daemon/http/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <spdlog/spdlog.h>

namespace forewarn::http {

inline constexpr auto by_tuple = boost::asio::as_tuple(boost::asio::use_awaitable);

// The head as our own type; nothing where the target is no path.
[[nodiscard]] std::optional<head> read_head(const boost::beast::http::request_header<>& from, bool local);
// Status line, fields and body as they go over the wire.
[[nodiscard]] std::string serialise(const response& what, bool keep, bool body_too);
// What to answer to a request that cannot be parsed; nothing where there is nobody to tell.
[[nodiscard]] std::optional<response> answer_to_broken(const boost::beast::error_code& error, std::size_t body_limit);
// Calls `answer`; a thrown exception becomes a 500 that tells the operator's log and not the client.
[[nodiscard]] boost::asio::awaitable<response> answer_safely(const service& with, request asked);

// What a session tells its server about itself.
struct session_mark {
  bool busy = false;           // between a head and the end of its answer
  std::function<void()> close; // drops the connection
};

template <class Stream> class session {
public:
  session(Stream stream, const service& with, const limits& allowed, session_mark& mark, const bool& stopping,
          bool local)
      : stream_{std::move(stream)}, with_{with}, allowed_{allowed}, mark_{mark}, stopping_{stopping}, local_{local},
        buffer_{allowed.head_bytes + (64U << 10U)} {}

  [[nodiscard]] Stream& stream() noexcept { return stream_; }

  boost::asio::awaitable<void> run() {
    while (!stopping_ && co_await one()) {
    }
  }

private:
  using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  // Answers one request; false when the connection is to end.
  boost::asio::awaitable<bool> one() {
    parser reading;
    reading.header_limit(static_cast<std::uint32_t>(allowed_.head_bytes));
    reading.body_limit(allowed_.body_bytes);
    expire_after(allowed_.head_time);
    mark_.busy = false;
    const auto [no_head, size] = co_await boost::beast::http::async_read_header(stream_, buffer_, reading, by_tuple);
    mark_.busy = true;
    if (no_head) co_return co_await give_up(no_head);

    const auto asked = read_head(reading.get().base(), local_);
    if (!asked) co_return co_await refuse(problem(400, "bad-target", "the request's target is not a path"));
    if (auto refusal = with_.admit(*asked)) {
      if (reading.is_done()) co_return co_await write(*refusal, reading.keep_alive(), asked->method != "HEAD");
      co_return co_await refuse(*refusal);
    }

    if (!reading.is_done()) {
      expire_after(allowed_.body_time);
      if (reading.get()[boost::beast::http::field::expect] == "100-continue" && !co_await send_continue())
        co_return false;
      const auto [no_body, length] = co_await boost::beast::http::async_read(stream_, buffer_, reading, by_tuple);
      if (no_body) co_return co_await give_up(no_body);
    }
    const bool keep = reading.keep_alive();
    request whole{*asked, std::move(reading.get().body())};
    expire_never();
    const auto said = co_await answer_safely(with_, std::move(whole));
    co_return co_await write(said, keep && !stopping_, asked->method != "HEAD");
  }

  boost::asio::awaitable<bool> send_continue() {
    static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto [error, size] = co_await boost::asio::async_write(stream_, boost::asio::buffer(text), by_tuple);
    co_return !error;
  }

  boost::asio::awaitable<bool> write(const response& said, bool keep, bool body_too) {
    const auto text = serialise(said, keep, body_too);
    expire_after(allowed_.write_time);
    const auto [error, size] = co_await boost::asio::async_write(stream_, boost::asio::buffer(text), by_tuple);
    co_return keep && !error;
  }

  boost::asio::awaitable<bool> give_up(boost::beast::error_code why) {
    if (const auto said = answer_to_broken(why, allowed_.body_bytes)) co_return co_await refuse(*said);
    co_return false;
  }

  // A refusal while the client still sends: closing at once would reset the connection and lose the answer, so what
  // comes is read and thrown away for a moment.
  boost::asio::awaitable<bool> refuse(response said) {
    (void)co_await write(said, false, true);
    boost::beast::error_code ignored;
    boost::beast::get_lowest_layer(stream_).socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
    expire_after(std::chrono::seconds{2});
    std::string thrown_away(16U << 10U, '\0');
    for (std::size_t total = 0; total < (32U << 20U);) {
      const auto [error, size] =
          co_await boost::beast::get_lowest_layer(stream_).async_read_some(boost::asio::buffer(thrown_away), by_tuple);
      if (error) break;
      total += size;
    }
    co_return false;
  }

  void expire_after(duration time) { boost::beast::get_lowest_layer(stream_).expires_after(time); }
  void expire_never() { boost::beast::get_lowest_layer(stream_).expires_never(); }

  Stream stream_;
  const service& with_;
  const limits& allowed_;
  session_mark& mark_;
  const bool& stopping_;
  bool local_;
  boost::beast::flat_buffer buffer_;
};

} // namespace forewarn::http
