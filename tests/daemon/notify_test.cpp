// SPDX-License-Identifier: Apache-2.0
// GOV.UK Notify over real TLS sockets: a server that behaves as its documented REST API, its limits and its failures.
#include "daemon/delivery/ack_link.hpp"
#include "daemon/delivery/notify_client.hpp"
#include "daemon/delivery/notify_receipt.hpp"
#include "support/certificates.hpp"
#include "support/scripted_receiver.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

using namespace forewarn;
using namespace forewarn::outbox;
using namespace std::chrono_literals;
using forewarn::test::scripted_receiver;

namespace {

namespace json = boost::json;

constexpr const char* service = "26785a09-ab16-4eb0-8407-a37497a57506";
constexpr const char* secret = "3d844edf-8d35-48ac-975b-e847b4f122b0";
const instant now{1'568'818'578s};

notify_key the_key() {
  return *parse_notify_key(fmt::format("my_test_key-{}-{}", service, secret));
}

std::string http_text(unsigned status, const std::string& body, const std::string& more = {}) {
  return fmt::format("HTTP/1.1 {} Answer\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}", status,
                     more, body.size(), body);
}

std::string error_body(unsigned status, const char* type, const char* words) {
  return json::serialize(json::object{{"status_code", status},
                                      {"errors", json::array{json::object{{"error", type}, {"message", words}}}}});
}

const test::certificates& authority() {
  static const test::certificates made;
  return made;
}

const test::certificates::pair& certificate() {
  static const auto made = authority().issue("notify", "DNS:localhost");
  return made;
}

// Takes messages as Notify does: a token of its service made within 30 seconds, a known template, one recipient.
class notify_service {
public:
  // Instead of the answer to the n-th POST, where given.
  std::map<int, scripted_receiver::reply> instead;

  notify_service()
      : door_{[this](const std::string& request, int) { return answer(request); },
              scripted_receiver::tls_files{certificate().certificate, certificate().key}} {}

  [[nodiscard]] notify_target target(bool text, std::vector<std::string> to) const {
    notify_target by;
    by.url = "https://localhost:" + door_.port();
    by.ca_file = authority().authority();
    by.private_address = true;
    by.key = the_key();
    by.template_id = "template-1";
    by.to = std::move(to);
    by.text_message = text;
    return by;
  }
  [[nodiscard]] std::vector<json::object> taken() const { return taken_; }

private:
  scripted_receiver::reply answer(const std::string& request) {
    const auto path = request.substr(request.find(' ') + 1, request.find(" HTTP") - request.find(' ') - 1);
    if (request.find("Authorization: Bearer " + notify_token(the_key(), now) + "\r\n") == std::string::npos)
      return {http_text(403, error_body(403, "AuthError", "Invalid token: signature, api token not found"))};
    if (request.starts_with("GET")) return {http_text(200, list(path.substr(path.find("reference=") + 10)))};
    ++posts_;
    const auto body = json::parse(request.substr(request.find("\r\n\r\n") + 4)).as_object();
    const auto wrong = instead.find(posts_);
    if (wrong != instead.end() && !wrong->second.wait_for_peer && !wrong->second.bytes.empty()) return wrong->second;
    if (body.at("template_id") != "template-1")
      return {http_text(400, error_body(400, "BadRequestError", "Template not found"))};
    if (path.ends_with("/sms") ? !body.contains("phone_number") : !body.contains("email_address"))
      return {http_text(400, error_body(400, "ValidationError", "phone_number is a required property"))};
    taken_.push_back(body);
    if (wrong != instead.end()) return wrong->second; // taken, but its answer is lost
    return {http_text(201, json::serialize(json::object{{"id", "740e5834-3a29-46b4-9a6f-16142fde533a"},
                                                        {"reference", body.at("reference")}}))};
  }
  std::string list(const std::string& reference) const {
    json::array rows;
    for (const auto& one : taken_)
      if (one.at("reference").as_string() == reference)
        rows.push_back(json::object{{"reference", reference}, {"status", "sending"}});
    return json::serialize(json::object{{"notifications", std::move(rows)}, {"links", json::object{}}});
  }

  std::vector<json::object> taken_;
  int posts_ = 0;
  scripted_receiver door_; // the last: its threads use the rest
};

due_delivery message_of(int attempts = 0) {
  due_delivery one;
  one.row.id = message_id{"msg_0123"};
  one.row.attempts = attempts;
  one.message.subject = "Red: nitazene in Leeds";
  one.message.text = "The whole of it.\n";
  one.message.sms = "RED Leeds: nitazene. Carry naloxone.";
  return one;
}

attempt send(const notify_target& by, const due_delivery& what) {
  boost::asio::io_context io;
  http_limits limits;
  limits.one_connect = limits.connect = limits.answer = 400ms;
  notify_client client{limits};
  attempt came;
  boost::asio::co_spawn(io, client.send(by, what, now), [&](std::exception_ptr broken, attempt got) {
    if (broken) std::rethrow_exception(broken);
    came = std::move(got);
  });
  io.run();
  return came;
}

} // namespace

TEST_CASE("a Notify key is name, service and secret; its token is the standard's") {
  CHECK(the_key().service == service);
  for (const char* wrong : {"", "name", "name-26785a09-ab16-4eb0-8407-a37497a57506",
                            "x-26785a09-ab16-4eb0-8407-a37497a5750-3d844edf-8d35-48ac-975b-e847b4f122b0"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_notify_key(wrong));
  }
  // Made by Python's hmac and base64.
  CHECK(notify_token(the_key(), now) ==
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIyNjc4NWEwOS1hYjE2LTRlYjAtODQwNy1hMzc0OTdhN"
        "Tc1MDYiLCJpYXQiOjE1Njg4MTg1Nzh9.YT_aQYNif0l3HaPwy62Cj9g0qsYzjnj1K5pLwkELiFw");
}

TEST_CASE("text messages and mails are taken once each, under a reference of ours") {
  notify_service notify;
  CHECK(send(notify.target(true, {"+447700900123", "+447700900456"}), message_of()).result ==
        attempt_result::delivered);
  CHECK(send(notify.target(false, {"duty@example.org"}), message_of()).result == attempt_result::delivered);
  const auto taken = notify.taken();
  REQUIRE(taken.size() == 3);
  CHECK(taken[0].at("phone_number") == "+447700900123");
  CHECK(taken[0].at("reference") == "msg_0123");
  CHECK(taken[0].at("personalisation").at("message") == "RED Leeds: nitazene. Carry naloxone.");
  CHECK(taken[1].at("reference") == "msg_0123.2");
  CHECK(delivery_of_reference("msg_0123.2") == message_id{"msg_0123"});
  CHECK(taken[2].at("email_address") == "duty@example.org");
  CHECK(taken[2].at("personalisation").at("subject") == "Red: nitazene in Leeds");
}

TEST_CASE("an answer that is lost is asked after, so that nobody gets it twice") {
  struct row {
    const char* name;
    scripted_receiver::reply answer;
  };
  const row rows[] = {{"closed without an answer", {"", true}}, {"no answer at all", {"", false, true}}};
  for (const auto& r : rows) {
    CAPTURE(r.name);
    notify_service notify;
    notify.instead[1] = r.answer;
    const auto by = notify.target(true, {"+447700900123", "+447700900456"});
    const auto first = send(by, message_of());
    CHECK(first.result == attempt_result::again);
    CHECK(first.whole_channel);
    CHECK(send(by, message_of(1)).result == attempt_result::delivered);
    REQUIRE(notify.taken().size() == 2);
    CHECK(notify.taken()[1].at("phone_number") == "+447700900456");
  }
}

TEST_CASE("what Notify answers decides") {
  const auto midnight = *parse_rfc3339("2019-09-19T00:00:00Z");
  struct row {
    const char* name;
    scripted_receiver::reply answer;
    attempt_result result;
    bool whole_channel;
    duration wait; // zero: the schedule's
    const char* reason;
  };
  const row rows[] = {
      {"too many in a minute",
       {http_text(429, error_body(429, "RateLimitError", "Exceeded rate limit"))},
       attempt_result::again,
       true,
       60s,
       "notify_429"},
      {"too many today",
       {http_text(429, error_body(429, "TooManyRequestsError", "Exceeded send limits"))},
       attempt_result::again,
       true,
       midnight - now,
       "notify_429"},
      {"it says when",
       {http_text(429, error_body(429, "RateLimitError", "x"), "Retry-After: 7\r\n")},
       attempt_result::again,
       true,
       7s,
       "notify_429"},
      {"our clock",
       {http_text(403, error_body(403, "AuthError", "Error: Your system clock must be accurate"))},
       attempt_result::again,
       true,
       0s,
       "notify_403"},
      {"a fault of its own", {http_text(500, "<html>")}, attempt_result::again, true, 0s, "notify_500"},
      {"a number it never takes",
       {http_text(400, error_body(400, "ValidationError", "phone_number Not valid"))},
       attempt_result::refused,
       false,
       0s,
       "notify_400"},
      {"a redirect", {http_text(302, "", "Location: /there\r\n")}, attempt_result::again, true, 0s, "notify_302"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    notify_service notify;
    notify.instead[1] = r.answer;
    const auto came = send(notify.target(true, {"+447700900123"}), message_of());
    CAPTURE(came.said);
    CHECK(came.result == r.result);
    CHECK(came.whole_channel == r.whole_channel);
    CHECK(came.retry_after.value_or(0s) == r.wait);
    CHECK(reason_of(came) == r.reason);
    CHECK(notify.taken().empty());
  }
  SUBCASE("another's key") {
    notify_service notify;
    auto by = notify.target(true, {"+447700900123"});
    by.key.secret = signing_key{"00000000-0000-0000-0000-000000000000"};
    CHECK(reason_of(send(by, message_of())) == "notify_403");
  }
  SUBCASE("another's certificate") {
    notify_service notify;
    auto by = notify.target(true, {"+447700900123"});
    by.url.replace(by.url.find("localhost"), 9, "127.0.0.1");
    CHECK(reason_of(send(by, message_of())) == "tls");
    CHECK(notify.taken().empty());
  }
}

TEST_CASE("what Notify reports is read, and nothing else") {
  const auto good = parse_notify_report(
      R"({"id":"740e5834","reference":"msg_0123","to":"+447700900123","status":"permanent-failure"})");
  REQUIRE(good);
  CHECK(good->reference == "msg_0123");
  CHECK(good->status == "permanent-failure");
  CHECK(parse_notify_report(R"({"reference":null,"status":"delivered"})")->reference.empty());
  for (const char* wrong : {"", "[]", "{}", "no"}) CHECK_FALSE(parse_notify_report(wrong));
}

TEST_CASE("the link to say that one has it stands in every form, and every retry is the same") {
  const std::string url = "https://alerts.example.org/ack/0123456789abcdef0123456789abcdef";
  auto what = message_of().message;
  what.html = "<html><body><p>It</p></body></html>";
  what.json = R"({"type":"alert.issued","timestamp":"2026-03-01T12:00:00Z","data":{"reference":"FW-2026-0007"}})";
  const auto with = with_ack_link(what, url);
  CHECK(with.text == "The whole of it.\n\nTo say that you have this:\n" + url + "\n");
  CHECK(with.html.find("<a href=\"" + url + "\">") < with.html.find("</body>"));
  CHECK(json::parse(with.json).at("data").at("acknowledge").as_string() == url);
  CHECK(json::parse(with.json).at("data").at("reference") == "FW-2026-0007");
  CHECK(with.sms == what.sms + " Have it? " + url);
  CHECK(with_ack_link(what, url).json == with.json);
  what.json = R"({"type":"a","timestamp":"t","data":{}})";
  CHECK(json::parse(with_ack_link(what, url).json).at("data").at("acknowledge").as_string() == url);
  what.sms = std::string(450, 'x'); // three parts already
  CHECK(with_ack_link(what, url).sms == what.sms);
  what.json = R"({"type":"a","timestamp":"t","data":{"long":")" + std::string(19'900, 'x') + "\"}}";
  CHECK(with_ack_link(what, url).json == what.json);
}
