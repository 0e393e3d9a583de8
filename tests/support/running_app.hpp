// SPDX-License-Identifier: Apache-2.0
// The whole daemon in this process, on the shipped configuration with a state folder of its own and a free port, and
// a client that speaks plain bytes to it.
#pragma once

#include "daemon/app.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

namespace forewarn::test {

class running_app {
public:
  explicit running_app(const std::string& more_settings = {}) {
    namespace fs = std::filesystem;
    fs::copy(fs::path{FOREWARN_SOURCE_DIR} / "etc", folder_.path(), fs::copy_options::recursive);
    write("forewarn.yaml", "state_dir: state\nlisten_port: 0\nfolder_scan: 1s\nlog_level: error\ncanary_at: \"00:00\"\n"
                           "api_token_file: api.token\n" +
                               more_settings);
    write("api.token", "owner-token\n");
    write("ambulance.token", "feed-token\n");
    replace_in("feeds.d/ambulance.yaml", "credential:ambulance-token", "ambulance.token");
    start();
  }
  ~running_app() { stop(); }
  running_app(const running_app&) = delete;
  running_app& operator=(const running_app&) = delete;

  void start() {
    auto made = app::start(load_configuration(folder_.path(), load_for::run), time_);
    if (!made) throw std::runtime_error{made.error()};
    app_ = std::move(*made);
    thread_ = std::thread{[this] { app_->run(); }};
  }
  void stop() {
    if (!app_) return;
    app_->stop();
    thread_.join();
    app_.reset();
  }

  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream{folder_.path() / name} << text; }
  void replace_in(const std::string& name, const std::string& from, const std::string& to) const {
    std::ifstream in{folder_.path() / name};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error{name + " does not hold " + from};
    write(name, text.replace(at, from.size(), to));
  }

  [[nodiscard]] boost::asio::ip::tcp::socket connect() {
    boost::asio::ip::tcp::socket socket{io_};
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), app_->port()});
    return socket;
  }
  // Everything the daemon says to these bytes until it closes.
  [[nodiscard]] std::string say(const std::string& bytes) {
    auto socket = connect();
    boost::system::error_code error;
    boost::asio::write(socket, boost::asio::buffer(bytes), error);
    std::string out;
    boost::asio::read(socket, boost::asio::dynamic_buffer(out), error);
    return out;
  }
  [[nodiscard]] std::string ask(const std::string& method, const std::string& target, const std::string& fields = {},
                                const std::string& body = {}) {
    return say(fmt::format("{} {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n{}", method,
                           target, body.size(), fields, body));
  }

private:
  temp_dir folder_;
  system_clock time_;
  std::unique_ptr<app> app_;
  std::thread thread_;
  boost::asio::io_context io_;
};

} // namespace forewarn::test
