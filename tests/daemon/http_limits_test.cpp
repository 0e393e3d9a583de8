// SPDX-License-Identifier: Apache-2.0
// What the listener does to clients that are slow, and what the records' door says when more arrives than can be
// written.
#include "daemon/alerting/process.hpp"
#include "daemon/http/api.hpp"
#include "daemon/http/server.hpp"
#include "daemon/store/open.hpp"
#include "support/manual_clock.hpp"
#include "support/temp_dir.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <fstream>
#include <list>
#include <thread>

using namespace forewarn;
using namespace std::chrono_literals;
namespace net = boost::asio;
using tcp = net::ip::tcp;

namespace {

// A server that answers "ok" to everything, on a thread of its own.
class plain_server {
public:
  explicit plain_server(const http::limits& allowed)
      : server_{io_, {[](const http::head&) { return std::optional<http::response>{}; }, ok}, allowed},
        port_{server_.listen("127.0.0.1", 0).value()}, thread_{[this] { io_.run(); }} {}
  ~plain_server() {
    net::co_spawn(io_, server_.stop(1s), net::use_future).wait();
    io_.stop();
    thread_.join();
  }
  plain_server(const plain_server&) = delete;
  plain_server& operator=(const plain_server&) = delete;

  [[nodiscard]] tcp::socket connect() {
    tcp::socket out{client_};
    out.connect({net::ip::make_address("127.0.0.1"), port_});
    return out;
  }

private:
  static net::awaitable<http::response> ok(http::request) { co_return http::response{200, "text/plain", "ok", {}}; }
  net::io_context io_, client_;
  http::server server_;
  unsigned short port_;
  std::thread thread_;
};

void send(tcp::socket& to, const std::string& text) {
  net::write(to, net::buffer(text));
}

// All that comes until the other side closes.
std::string rest_of(tcp::socket& from) {
  std::string out;
  boost::system::error_code closed;
  net::read(from, net::dynamic_buffer(out), closed);
  return out;
}

// The records' door on the shipped configuration, its desk not yet started and its queue one job long.
struct busy_daemon {
  test::temp_dir folder;
  test::manual_clock time{parse_rfc3339("2026-03-01T12:00:00Z").value()};
  std::shared_ptr<const in_force> now;
  configuration_in_force current;
  std::unique_ptr<store> ledger;
  std::optional<alerting::process> process;
  std::optional<desk> state;
  metrics numbers;
  net::io_context io;
  net::thread_pool workers{1};

  busy_daemon() {
    namespace fs = std::filesystem;
    fs::copy(fs::path{FOREWARN_SOURCE_DIR} / "etc", folder.path(), fs::copy_options::recursive);
    std::ofstream{folder.path() / "forewarn.yaml"} << "state_dir: state\n";
    now = put_in_force(load_configuration(folder.path(), load_for::run));
    REQUIRE(now->all.usable());
    current.store(now);
    ledger = open_store(folder.path() / "state").value();
    process.emplace(now->all.rules, now->all.services, now->all.words, "FW");
    state.emplace(*ledger, time, now->all.rules, *process, desk::options{.queue_limit = 1});
  }
  ~busy_daemon() {
    state->stop();
    workers.join();
  }

  http::response push(const std::string& body) {
    reader_pool readers{[this] { return open_reader(folder.path() / "state").value(); }};
    const http::api_parts parts{current, *state, readers, workers, numbers, time, [] { return true; }, {}};
    const auto service = http::make_api(parts);
    http::request asked;
    asked.head.method = "POST";
    asked.head.path = "/v1/feeds/ambulance/records";
    asked.head.segments = {"v1", "feeds", "ambulance", "records"};
    asked.head.fields["content-type"] = "text/csv";
    asked.head.local = true;
    asked.body = body;
    io.restart();
    const auto work = net::make_work_guard(io);
    auto said = net::co_spawn(io, service.answer(asked), net::use_future);
    while (said.wait_for(0s) != std::future_status::ready) io.run_one();
    return said.get();
  }
};

const std::string calls =
    "Call ID,Call time,Ward,Setting,Drugs reported,Naloxone given,Naloxone doses,Age,Sex,Patient ref,Incident no,"
    "Outcome\n"
    "1001,01/03/2026 10:00,Armley,Private home,heroin,Y,1,34,Male,P1,I1,Conveyed to hospital\n";

} // namespace

TEST_CASE("clients that send their request drop by drop are cut, and others are answered meanwhile") {
  plain_server daemon{{.head_time = 150ms, .body_time = 150ms}};
  std::list<tcp::socket> slow;
  for (int i = 0; i < 40; ++i) {
    slow.push_back(daemon.connect());
    send(slow.back(),
         i % 2 == 0 ? "GET /-/healthy HT" : "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
  }
  auto quick = daemon.connect();
  send(quick, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(rest_of(quick).ends_with("ok"));
  for (auto& one : slow) CHECK(rest_of(one).find("200 OK") == std::string::npos); // ends: the daemon closed it
}

TEST_CASE("a full house closes the newest connection and keeps those at work") {
  plain_server daemon{{.connections = 2}};
  auto first = daemon.connect();
  auto second = daemon.connect();
  for (auto* one : {&first, &second}) { // both are being served
    send(*one, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    std::string answer(4, ' ');
    net::read(*one, net::buffer(answer));
    CHECK(answer == "HTTP");
  }
  auto third = daemon.connect();
  CHECK(rest_of(third).empty());
  send(first, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(rest_of(first).ends_with("ok"));
}

TEST_CASE("what cannot be read as a request is told so, with a code") {
  plain_server daemon{{.head_bytes = 512, .body_bytes = 64}};
  struct row {
    const char* name;
    std::string bytes;
    const char* status;
    const char* code;
  };
  const row rows[] = {
      {"not HTTP", "hello\r\n\r\n", "400", "bad-request"},
      {"a head without end", "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(2'000, 'x'), "431", "head-too-large"},
      {"a body said to be too large", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65\r\n\r\n", "413", "too-large"},
      {"a chunked body that grows too large",
       "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n50\r\n" + std::string(80, 'x') +
           "\r\n0\r\n\r\n",
       "413", "too-large"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto line = daemon.connect();
    send(line, r.bytes);
    line.shutdown(tcp::socket::shutdown_send);
    const auto said = rest_of(line);
    CAPTURE(said);
    CHECK(said.starts_with(std::string{"HTTP/1.1 "} + r.status));
    CHECK(said.find("application/problem+json") != std::string::npos);
    CHECK(said.find(std::string{R"("code":")"} + r.code + '"') != std::string::npos);
  }
}

TEST_CASE("more than can be written is refused with 429 and Retry-After, and counts once when it comes again") {
  busy_daemon daemon;
  const desk::job nothing = [](desk_view&) {};
  REQUIRE(daemon.state->submit(nothing, {})); // the queue is full
  const auto said = daemon.push(calls);
  CHECK(said.status == 429);
  CHECK(said.content_type == "application/problem+json");
  CHECK(said.body.find(R"("code":"busy")") != std::string::npos);
  CHECK(said.body.find(R"("rows":0,"accepted":0)") != std::string::npos);
  REQUIRE(said.fields.size() == 1);
  CHECK(said.fields.front() == std::pair<std::string, std::string>{"Retry-After", "1"});

  daemon.state->start();
  daemon.state->run(nothing); // the queue has room again
  CHECK(daemon.push(calls).body.find(R"("rows":1,"accepted":1)") != std::string::npos);
  CHECK(daemon.push(calls).body.find(R"("duplicate":1)") != std::string::npos);
}
