// SPDX-License-Identifier: Apache-2.0
// The webhook client against real sockets and real certificates.
#include "daemon/delivery/webhook.hpp"
#include "support/certificates.hpp"
#include "support/scripted_receiver.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::outbox;
using namespace std::chrono_literals;
using forewarn::test::certificates;
using forewarn::test::scripted_receiver;

namespace {

const certificates& authority() {
  static const certificates made;
  return made;
}

constexpr const char* fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

http_limits short_limits() {
  http_limits limits;
  limits.one_connect = limits.connect = limits.answer = 400ms;
  limits.answer_bytes = 1000;
  return limits;
}

class sending {
public:
  attempt post(const webhook_target& to, const std::string& id = "msg_1") {
    const webhook_post what{
        id, instant{1'770'000'000s}, R"({"type":"alert.issued"})", {*parse_signing_key("sixteen bytes or more")}};
    attempt came;
    boost::asio::co_spawn(io_, client.post(to, what), [&](std::exception_ptr broken, attempt got) {
      if (broken) std::rethrow_exception(broken);
      came = std::move(got);
    });
    io_.restart();
    io_.run();
    return came;
  }

private:
  boost::asio::io_context io_; // before the client: the connections that it keeps live on it

public:
  webhook_client client{short_limits()};
};

webhook_target here(const scripted_receiver& to) {
  return {"http://127.0.0.1:" + to.port() + "/hook", "", true};
}

std::string header(const std::string& request, const std::string& name) {
  const auto at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 4;
  return request.substr(from, request.find("\r\n", from) - from);
}

} // namespace

TEST_CASE("a message arrives signed, over one connection that is used again") {
  const scripted_receiver receiver{[](const auto&, int) { return scripted_receiver::reply{fine}; }};
  sending sender;
  for (int i = 0; i < 5; ++i) CHECK(sender.post(here(receiver)).result == attempt_result::delivered);
  CHECK(receiver.connections() == 1);
  CHECK(sender.client.connections_opened() == 1);
  const auto request = receiver.requests().at(0);
  CHECK(request.starts_with("POST /hook HTTP/1.1\r\nHost: 127.0.0.1:" + receiver.port() + "\r\n"));
  CHECK(header(request, "Content-Type") == "application/json");
  const auto body = request.substr(request.find("\r\n\r\n") + 4);
  CHECK(body == R"({"type":"alert.issued"})");
  CHECK(why_not_verified(header(request, "webhook-id"), header(request, "webhook-timestamp"),
                         header(request, "webhook-signature"), body, {*parse_signing_key("sixteen bytes or more")},
                         instant{1'770'000'000s})
            .empty());
}

TEST_CASE("what an answer means") {
  struct row {
    const char* name;
    const char* bytes;
    bool then_close;
    attempt_result result;
    const char* said; // part of it
  };
  const row rows[] = {
      {"200", fine, false, attempt_result::delivered, "HTTP 200 OK"},
      {"204 without a body", "HTTP/1.1 204 No Content\r\n\r\n", false, attempt_result::delivered, "204"},
      {"chunked", "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", false,
       attempt_result::delivered, "202"},
      {"body until close", "HTTP/1.1 200 OK\r\n\r\nbye", true, attempt_result::delivered, "200"},
      {"continue first", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false,
       attempt_result::delivered, "200"},
      {"closes mid-body: the status counts", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", true,
       attempt_result::delivered, "200"},
      {"redirect", "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", false, attempt_result::again,
       "redirects are not followed"},
      {"not found", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false, attempt_result::again, "404"},
      {"gone", "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", false, attempt_result::gone, "410"},
      {"fails", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", false, attempt_result::again, "500"},
      {"a status that nobody knows", "HTTP/1.1 299 Fine\r\nContent-Length: 0\r\n\r\n", false, attempt_result::delivered,
       "HTTP 299"},
      {"garbage", "these are not the bytes\r\n\r\n", false, attempt_result::again, "not HTTP"},
      {"closes mid-header", "HTTP/1.1 200 OK\r\nContent-Le", true, attempt_result::again, "read"},
      {"closes at once", "", true, attempt_result::again, "closed without an answer"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const scripted_receiver receiver{[&](const auto&, int) { return scripted_receiver::reply{r.bytes, r.then_close}; }};
    sending sender;
    const auto came = sender.post(here(receiver));
    CAPTURE(came.said);
    CHECK(came.result == r.result);
    CHECK(came.said.find(r.said) != std::string::npos);
    CHECK(receiver.connections() == 1);
  }
}

TEST_CASE("Retry-After is read from 429 and 503 alone") {
  for (const int status : {429, 503, 500}) {
    CAPTURE(status);
    const auto came = judge(static_cast<unsigned>(status), "77", instant{});
    CHECK(came.result == attempt_result::again);
    CHECK(came.retry_after == (status == 500 ? std::optional<duration>{} : 77s));
  }
}

TEST_CASE("a slow receiver is given up, and its answer is bounded") {
  SUBCASE("it never answers") {
    const scripted_receiver receiver{[](const auto&, int) { return scripted_receiver::reply{"", false, true}; }};
    const auto came = sending{}.post(here(receiver));
    CHECK(came.result == attempt_result::again);
    CHECK(came.said == "read: no answer in time");
  }
  SUBCASE("a kept connection that stays silent is not tried twice") {
    const scripted_receiver receiver{[](const auto&, int number) {
      return number == 1 ? scripted_receiver::reply{fine} : scripted_receiver::reply{"", false, true};
    }};
    sending sender;
    CHECK(sender.post(here(receiver)).result == attempt_result::delivered);
    CHECK(sender.post(here(receiver)).said == "read: no answer in time");
    CHECK(receiver.requests().size() == 2);
  }
  SUBCASE("it answers with more than anyone reads") {
    const scripted_receiver receiver{[](const auto&, int) {
      return scripted_receiver::reply{"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + std::string(900'000, 'x')};
    }};
    sending sender;
    CHECK(sender.post(here(receiver)).result == attempt_result::delivered);
    CHECK(sender.post(here(receiver)).result == attempt_result::delivered);
    CHECK(receiver.connections() == 2); // such a connection is not kept
  }
}

TEST_CASE("a connection that went stale is replaced, once, with the same id") {
  const scripted_receiver receiver{[](const auto&, int number) {
    if (number == 2) return scripted_receiver::reply{"", true}; // closes the kept connection instead of answering
    return scripted_receiver::reply{fine};
  }};
  sending sender;
  CHECK(sender.post(here(receiver), "msg_a").result == attempt_result::delivered);
  CHECK(sender.post(here(receiver), "msg_b").result == attempt_result::delivered);
  CHECK(receiver.connections() == 2);
  REQUIRE(receiver.requests().size() == 3);
  CHECK(header(receiver.requests().at(1), "webhook-id") == "msg_b");
  CHECK(header(receiver.requests().at(2), "webhook-id") == "msg_b");
}

TEST_CASE("private addresses are refused unless the channel says that they are meant") {
  const scripted_receiver receiver{[](const auto&, int) { return scripted_receiver::reply{fine}; }};
  for (const char* host : {"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"}) {
    CAPTURE(host);
    const auto came = sending{}.post({"http://" + std::string{host} + ":" + receiver.port() + "/", "", false});
    CHECK(came.said.find("private addresses only") != std::string::npos);
    CHECK(came.result == attempt_result::refused);
  }
  CHECK(receiver.connections() == 0);
}

TEST_CASE("nobody listens") {
  std::string port;
  {
    port = scripted_receiver{[](const auto&, int) { return scripted_receiver::reply{}; }}.port();
  }
  const auto came = sending{}.post({"http://127.0.0.1:" + port + "/", "", true});
  CHECK(came.result == attempt_result::again);
  CHECK(came.said.find("Connection refused") != std::string::npos);
}

TEST_CASE("TLS: certificate and host name are verified") {
  struct row {
    const char* name;
    const char* subject;
    int days;
    bool own_authority;
    const char* why; // empty: delivered
  };
  const row rows[] = {
      {"right", "DNS:localhost", 2, true, ""},
      {"another-host", "DNS:elsewhere.example", 2, true, "hostname mismatch"},
      {"wildcard-that-does-not-match", "DNS:*.localhost", 2, true, "hostname mismatch"},
      {"expired", "DNS:localhost", -1, true, "expired"},
      {"unknown-authority", "DNS:localhost", 2, false, "certificate"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto files = authority().issue(r.name, r.subject, r.days);
    const scripted_receiver receiver{[](const auto&, int) { return scripted_receiver::reply{fine}; },
                                     scripted_receiver::tls_files{files.certificate, files.key}};
    sending sender;
    const webhook_target to{"https://localhost:" + receiver.port() + "/hook",
                            r.own_authority ? authority().authority() : "", true};
    const auto came = sender.post(to);
    CAPTURE(came.said);
    if (*r.why == '\0') {
      CHECK(came.result == attempt_result::delivered);
      CHECK(sender.post(to).result == attempt_result::delivered);
      CHECK(receiver.connections() == 1);
    } else {
      CHECK(came.result == attempt_result::again);
      CHECK(came.said.find("certificate refused") != std::string::npos);
      CHECK(came.said.find(r.why) != std::string::npos);
      CHECK(receiver.requests().empty());
    }
  }
}

TEST_CASE("TLS: an address in the URL is checked against the certificate's addresses") {
  const auto files = authority().issue("by-address", "IP:127.0.0.1");
  const scripted_receiver receiver{[](const auto&, int) { return scripted_receiver::reply{fine}; },
                                   scripted_receiver::tls_files{files.certificate, files.key}};
  CHECK(sending{}.post({"https://127.0.0.1:" + receiver.port() + "/", authority().authority(), true}).result ==
        attempt_result::delivered);
  CHECK(sending{}.post({"https://localhost:" + receiver.port() + "/", authority().authority(), true}).result ==
        attempt_result::again);
}

TEST_CASE("what cannot be a destination is refused, what can be mended is tried again") {
  CHECK(sending{}.post({"ftp://example.org/", "", true}).result == attempt_result::refused);
  const auto came = sending{}.post({"https://localhost:1/", "/nonexistent/ca.pem", true});
  CHECK(came.result == attempt_result::again);
  CHECK(came.said.find("ca_file") != std::string::npos);
}
