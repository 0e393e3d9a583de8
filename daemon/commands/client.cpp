// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/client.hpp"

#include "daemon/settings.hpp"

#include <iostream>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace net = boost::asio;
namespace wire = boost::beast::http;
using local = net::local::stream_protocol;

constexpr std::uint64_t longest_answer = std::uint64_t{256} << 20U;

std::filesystem::path socket_path(const context& shared) {
  problems found;
  std::vector<source_text> sources;
  return load_settings(shared.config_dir, found, sources).state_dir / "forewarn.sock";
}

std::string why_not_connected(const std::filesystem::path& socket, const boost::system::error_code& error) {
  if (error == net::error::access_denied)
    return fmt::format("{}: you may not use the daemon's socket; run this as root or as a member of its group",
                       socket.string());
  return fmt::format("the daemon does not run ({}: {}); start it with `systemctl start forewarnd` or "
                     "`forewarnd --config DIR`, and give the same --config here",
                     socket.string(), error.message());
}

} // namespace

result<daemon_answer, std::string> ask_daemon(const context& shared, const daemon_request& question) {
  const auto path = socket_path(shared);
  net::io_context io;
  local::socket socket{io};
  boost::system::error_code error;
  socket.connect(local::endpoint{path.string()}, error);
  if (error) return failure(why_not_connected(path, error));

  wire::request<wire::string_body> asked{wire::string_to_verb(question.method), question.target, 11, question.body};
  asked.set(wire::field::host, "localhost");
  asked.set(wire::field::content_type, question.content_type);
  asked.keep_alive(false);
  asked.prepare_payload();
  wire::write(socket, asked, error);
  // A refusal may come before the body was taken; the answer is there to be read all the same.
  if (error && error != net::error::broken_pipe && error != net::error::connection_reset)
    return failure(fmt::format("{}: {}", path.string(), error.message()));

  boost::beast::flat_buffer buffer;
  wire::response_parser<wire::string_body> said;
  said.body_limit(longest_answer);
  wire::read(socket, buffer, said, error);
  if (error) return failure(fmt::format("the daemon went away before it answered ({}); see its log", error.message()));
  return daemon_answer{said.get().result_int(), std::move(said.get().body())};
}

bool daemon_runs(const context& shared) {
  net::io_context io;
  local::socket socket{io};
  boost::system::error_code error;
  socket.connect(local::endpoint{socket_path(shared).string()}, error);
  return !error;
}

std::string what_was_wrong(const daemon_answer& answer) {
  boost::system::error_code error;
  const auto read = boost::json::parse(answer.body, error);
  if (!error && read.is_object()) {
    const auto* detail = read.get_object().if_contains("detail");
    const auto* code = read.get_object().if_contains("code");
    if (detail != nullptr && detail->is_string() && code != nullptr && code->is_string())
      return fmt::format("{} ({})", std::string_view{detail->get_string()}, std::string_view{code->get_string()});
  }
  return fmt::format("the daemon answered {}", answer.status);
}

std::optional<std::string> ask_or_complain(const context& shared, const daemon_request& question) {
  const auto answer = ask_daemon(shared, question);
  if (answer && answer->good()) return answer->body;
  std::cerr << "forewarn: " << (answer ? what_was_wrong(*answer) : answer.error()) << '\n';
  return {};
}

} // namespace forewarn::commands
