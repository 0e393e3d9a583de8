// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fmt/format.h>

#include <list>

#include <sys/stat.h>
#include <unistd.h>

namespace forewarn::http {
namespace {

namespace net = boost::asio;
using tcp = net::ip::tcp;
using local = net::local::stream_protocol;
using tcp_stream = boost::beast::basic_stream<tcp>;
using tls_stream = net::ssl::stream<tcp_stream>;
using local_stream = boost::beast::basic_stream<local>;

} // namespace

struct server::state {
  net::io_context& io;
  service answers;
  limits allowed;
  bool stopping = false;
  std::optional<tcp::acceptor> tcp_door;
  std::optional<local::acceptor> local_door;
  std::optional<net::ssl::context> tls;
  std::filesystem::path local_path;
  std::list<session_mark> open;
  net::steady_timer all_gone;

  state(net::io_context& on, service with, limits most)
      : io{on}, answers{std::move(with)}, allowed{most}, all_gone{on, net::steady_timer::time_point::max()} {}
};

namespace {

using shared_state = std::shared_ptr<server::state>;

} // namespace

// Holds the server's state and the session's entry for as long as the session's coroutine lives.
template <class Stream> struct visit {
  std::shared_ptr<server::state> all;
  std::list<session_mark>::iterator mark;
  session<Stream> talk;

  visit(std::shared_ptr<server::state> with, Stream stream, bool is_local)
      : all{std::move(with)}, mark{all->open.emplace(all->open.end())},
        talk{std::move(stream), all->answers, all->allowed, *mark, all->stopping, is_local} {
    mark->close = [this] {
      boost::beast::error_code ignored;
      boost::beast::get_lowest_layer(talk.stream()).socket().close(ignored);
    };
  }
  visit(const visit&) = delete;
  visit& operator=(const visit&) = delete;
  ~visit() {
    all->open.erase(mark);
    if (all->open.empty()) all->all_gone.cancel();
  }
};

template <class Stream> static net::awaitable<void> serve(std::shared_ptr<visit<Stream>> one) {
  co_await one->talk.run();
  boost::beast::error_code ignored;
  boost::beast::get_lowest_layer(one->talk.stream()).socket().shutdown(net::socket_base::shutdown_both, ignored);
}

static net::awaitable<void> serve_tls(std::shared_ptr<visit<tls_stream>> one) {
  auto& stream = one->talk.stream();
  boost::beast::get_lowest_layer(stream).expires_after(one->all->allowed.head_time);
  const auto [error] = co_await stream.async_handshake(net::ssl::stream_base::server, by_tuple);
  if (error) co_return;
  co_await one->talk.run();
  boost::beast::get_lowest_layer(stream).expires_after(std::chrono::seconds{2});
  (void)co_await stream.async_shutdown(by_tuple);
}

// Accepts until the door is closed. When too many files are open, waits a moment instead of spinning.
template <class Acceptor, class Start>
static net::awaitable<void> accept(shared_state all, Acceptor& door, Start start) {
  std::size_t here = 0;
  const auto count = std::make_shared<std::size_t>(here);
  while (!all->stopping) {
    auto [error, socket] = co_await door.async_accept(by_tuple);
    if (error == net::error::operation_aborted || error == net::error::bad_descriptor) co_return;
    if (error) {
      spdlog::warn("event=accept_failed error=\"{}\" do=\"raise the limit of open files if this goes on\"",
                   error.message());
      net::steady_timer pause{all->io, std::chrono::milliseconds{100}};
      (void)co_await pause.async_wait(by_tuple);
      continue;
    }
    if (*count >= all->allowed.connections) continue; // closes the socket: the newest goes, those at work stay
    ++*count;
    start(std::move(socket), [count] { --*count; });
  }
}

static net::awaitable<void> accept_tcp(shared_state all) {
  co_await accept(all, *all->tcp_door, [all](tcp::socket socket, auto gone) {
    boost::beast::error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    const auto done = [gone](const std::exception_ptr&) { gone(); };
    if (all->tls) {
      auto one = std::make_shared<visit<tls_stream>>(all, tls_stream{tcp_stream{std::move(socket)}, *all->tls}, false);
      net::co_spawn(all->io, serve_tls(std::move(one)), done);
    } else {
      auto one = std::make_shared<visit<tcp_stream>>(all, tcp_stream{std::move(socket)}, false);
      net::co_spawn(all->io, serve<tcp_stream>(std::move(one)), done);
    }
  });
}

static net::awaitable<void> accept_local(shared_state all) {
  co_await accept(all, *all->local_door, [all](local::socket socket, auto gone) {
    auto one = std::make_shared<visit<local_stream>>(all, local_stream{std::move(socket)}, true);
    net::co_spawn(all->io, serve<local_stream>(std::move(one)), [gone](const std::exception_ptr&) { gone(); });
  });
}

server::server(net::io_context& io, service answers, limits allowed)
    : state_{std::make_shared<state>(io, std::move(answers), allowed)} {}

server::~server() {
  boost::beast::error_code ignored;
  state_->stopping = true;
  if (state_->tcp_door) state_->tcp_door->close(ignored);
  if (state_->local_door) state_->local_door->close(ignored);
}

result<unsigned short, std::string> server::listen(const std::string& address, unsigned short port,
                                                   std::optional<net::ssl::context> tls) {
  boost::beast::error_code error;
  const auto where = net::ip::make_address(address, error);
  if (error) return failure(fmt::format("listen_address: '{}' is not an IP address", address));
  const tcp::endpoint end{where, port};
  auto& door = state_->tcp_door.emplace(state_->io);
  door.open(end.protocol(), error);
  if (!error) door.set_option(net::socket_base::reuse_address{true}, error);
  if (!error) door.bind(end, error);
  if (!error) door.listen(net::socket_base::max_listen_connections, error);
  if (error) {
    state_->tcp_door.reset();
    return failure(fmt::format("cannot listen on {}:{}: {}; choose another listen_address or listen_port", address,
                               port, error.message()));
  }
  state_->tls = std::move(tls);
  net::co_spawn(state_->io, accept_tcp(state_), net::detached);
  return door.local_endpoint().port();
}

result<void, std::string> server::listen_local(const std::filesystem::path& path) {
  boost::beast::error_code error;
  if (path.native().size() >= sizeof(sockaddr_un{}.sun_path))
    return failure(
        fmt::format("{}: too long for a Unix socket (107 bytes); choose a shorter state_dir", path.string()));
  ::unlink(path.c_str());
  auto& door = state_->local_door.emplace(state_->io);
  door.open(local{}, error);
  const auto old_mask = ::umask(0117); // 0660 from the first moment: no window in which others may connect
  if (!error) door.bind(local::endpoint{path.string()}, error);
  ::umask(old_mask);
  if (!error) door.listen(net::socket_base::max_listen_connections, error);
  if (error) {
    state_->local_door.reset();
    return failure(fmt::format("{}: cannot listen: {}", path.string(), error.message()));
  }
  state_->local_path = path;
  net::co_spawn(state_->io, accept_local(state_), net::detached);
  return {};
}

net::awaitable<void> server::stop(duration grace) {
  const auto all = state_;
  boost::beast::error_code ignored;
  all->stopping = true;
  if (all->tcp_door) all->tcp_door->close(ignored);
  if (all->local_door) {
    all->local_door->close(ignored);
    ::unlink(all->local_path.c_str());
  }
  for (auto& one : all->open)
    if (!one.busy) one.close();
  if (!all->open.empty()) {
    all->all_gone.expires_after(grace);
    (void)co_await all->all_gone.async_wait(by_tuple);
  }
  for (auto& one : all->open) one.close();
}

std::size_t server::connections() const noexcept {
  return state_->open.size();
}

result<net::ssl::context, std::string> make_tls(const std::filesystem::path& certificate, const std::string& key_pem) {
  boost::beast::error_code error;
  net::ssl::context out{net::ssl::context::tls_server};
  out.set_options(net::ssl::context::default_workarounds | net::ssl::context::no_tlsv1 | net::ssl::context::no_tlsv1_1);
  out.use_certificate_chain_file(certificate.string(), error);
  if (error) return failure(fmt::format("tls_certificate_file {}: {}", certificate.string(), error.message()));
  out.use_private_key(net::buffer(key_pem), net::ssl::context::pem, error);
  if (error) return failure(fmt::format("tls_key_file: {}", error.message()));
  return out;
}

} // namespace forewarn::http
