// SPDX-License-Identifier: Apache-2.0
// A webhook receiver on a real socket, plain or TLS, that answers each request as the test says: with any bytes, by
// closing, or not at all.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace forewarn::test {

class scripted_receiver {
public:
  struct reply {
    std::string bytes;
    bool then_close = false;
    bool wait_for_peer = false; // answers nothing more; holds on until the sender gives up
  };
  using script = std::function<reply(const std::string& request, int number)>; // number: 1, 2, ...

  struct tls_files {
    std::string certificate, key;
  };

  explicit scripted_receiver(script answers, std::optional<tls_files> tls = {}) : answers_{std::move(answers)} {
    if (tls) {
      context_.emplace(boost::asio::ssl::context::tls_server);
      context_->use_certificate_chain_file(tls->certificate);
      context_->use_private_key_file(tls->key, boost::asio::ssl::context::pem);
    }
    accepting_ = std::thread{[this] { accept(); }};
  }
  scripted_receiver(const scripted_receiver&) = delete;
  scripted_receiver& operator=(const scripted_receiver&) = delete;
  ~scripted_receiver() {
    stopping_ = true;
    {
      boost::asio::io_context io; // wakes the blocking accept
      tcp::socket knock{io};
      boost::system::error_code ignored;
      knock.connect(door_.local_endpoint(), ignored);
    }
    accepting_.join();
    {
      const std::lock_guard lock{guard_};
      for (auto* socket : open_) {
        boost::system::error_code ignored;
        socket->shutdown(tcp::socket::shutdown_both, ignored);
      }
    }
    for (auto& one : talking_) one.join();
  }

  [[nodiscard]] std::string port() const { return std::to_string(door_.local_endpoint().port()); }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] std::vector<std::string> requests() const {
    const std::lock_guard lock{guard_};
    return requests_;
  }

private:
  using tcp = boost::asio::ip::tcp;

  void accept() {
    for (;;) {
      auto socket = std::make_shared<tcp::socket>(io_);
      boost::system::error_code failed;
      door_.accept(*socket, failed);
      if (stopping_ || failed) return;
      ++connections_;
      talking_.emplace_back([this, socket] { serve(*socket); });
    }
  }

  void serve(tcp::socket& socket) {
    {
      const std::lock_guard lock{guard_};
      open_.insert(&socket);
    }
    try {
      if (context_) {
        boost::asio::ssl::stream<tcp::socket&> stream{socket, *context_};
        stream.handshake(boost::asio::ssl::stream_base::server);
        talk(stream);
      } else {
        talk(socket);
      }
    } catch (const boost::system::system_error&) { // the sender went away: what many of these tests are about
    }
    const std::lock_guard lock{guard_};
    open_.erase(&socket);
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
    socket.close(ignored);
  }

  template <class Stream> void talk(Stream& stream) {
    std::string buffer;
    for (;;) {
      const auto request = read_request(stream, buffer);
      int number = 0;
      {
        const std::lock_guard lock{guard_};
        requests_.push_back(request);
        number = static_cast<int>(requests_.size());
      }
      const auto said = answers_(request, number);
      boost::asio::write(stream, boost::asio::buffer(said.bytes));
      if (said.then_close) return;
      if (said.wait_for_peer) (void)read_request(stream, buffer);
    }
  }

  template <class Stream> static std::string read_request(Stream& stream, std::string& buffer) {
    const auto more = [&] {
      char chunk[4096];
      buffer.append(chunk, stream.read_some(boost::asio::buffer(chunk)));
    };
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) more();
    const auto at = buffer.find("Content-Length: ");
    const auto length = at < end ? std::stoul(buffer.substr(at + 16)) : 0;
    while (buffer.size() < end + 4 + length) more();
    auto request = buffer.substr(0, end + 4 + length);
    buffer.erase(0, end + 4 + length);
    return request;
  }

  boost::asio::io_context io_;
  tcp::acceptor door_{io_, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
  std::optional<boost::asio::ssl::context> context_;
  script answers_;
  mutable std::mutex guard_;
  std::vector<std::string> requests_; // under guard_
  std::set<tcp::socket*> open_;       // under guard_
  std::atomic<int> connections_{0};
  std::atomic<bool> stopping_{false};
  std::vector<std::thread> talking_;
  std::thread accepting_;
};

} // namespace forewarn::test
