// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/destination.hpp"
#include "daemon/delivery/signature.hpp"

#include <doctest/doctest.h>

using namespace forewarn;
using namespace forewarn::outbox;
using namespace std::chrono_literals;

namespace {

// The example of the Standard Webhooks specification's reference libraries.
constexpr const char* known_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* known_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t known_time = 1614265330;
constexpr const char* known_body = R"({"test": 2432232314})";
constexpr const char* known_signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

const instant then{std::chrono::seconds{known_time}};

signing_key key(const char* text) {
  return parse_signing_key(text).value();
}

} // namespace

TEST_CASE("signatures are those of the standard's own libraries") {
  CHECK(sign(known_id, known_time, known_body, {key(known_secret)}) == known_signature);
}

TEST_CASE("while keys rotate every key signs, and either verifies") {
  const auto old_key = key(known_secret);
  const auto new_key = key("another secret of enough bytes");
  const auto both = sign(known_id, known_time, known_body, {new_key, old_key});
  CHECK(both.find(' ') != std::string::npos);
  CHECK(both.ends_with(known_signature));
  CHECK(why_not_verified(known_id, "1614265330", both, known_body, {old_key}, then).empty());
  CHECK(why_not_verified(known_id, "1614265330", both, known_body, {new_key}, then).empty());
}

TEST_CASE("a receiver is told why a message is not verified") {
  struct row {
    const char* name;
    const char* id;
    const char* timestamp;
    const char* signature;
    const char* body;
    duration clock_off;
    const char* why; // part of it; empty: verified
  };
  const row rows[] = {
      {"right", known_id, "1614265330", known_signature, known_body, 0s, ""},
      {"five minutes late", known_id, "1614265330", known_signature, known_body, 5min, ""},
      {"five minutes early", known_id, "1614265330", known_signature, known_body, -5min, ""},
      {"unknown versions beside it", known_id, "1614265330",
       "v1a,xyz v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,q", known_body, 0s, ""},
      {"replayed", known_id, "1614265330", known_signature, known_body, 301s, "301 s ago"},
      {"from the future", known_id, "1614265330", known_signature, known_body, -301s, "future"},
      {"no id", "", "1614265330", known_signature, known_body, 0s, "webhook-id is missing"},
      {"no timestamp", known_id, "", known_signature, known_body, 0s, "webhook-timestamp is missing"},
      {"no signature", known_id, "1614265330", "", known_body, 0s, "webhook-signature is missing"},
      {"timestamp in words", known_id, "yesterday", known_signature, known_body, 0s, "not a number"},
      {"body changed", known_id, "1614265330", known_signature, R"({"test":2432232314})", 0s, "no signature matches"},
      {"another message's id", "msg_other", "1614265330", known_signature, known_body, 0s, "no signature matches"},
      {"timestamp changed", known_id, "1614265331", known_signature, known_body, 0s, "no signature matches"},
      {"a prefix is not enough", known_id, "1614265330", "v1,g0hM9SsE", known_body, 0s, "no signature matches"},
      {"only unknown versions", known_id, "1614265330", "v9,abc", known_body, 0s, "no signature of version v1"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto why = why_not_verified(r.id, r.timestamp, r.signature, r.body, {key(known_secret)}, then + r.clock_off);
    CAPTURE(why);
    CHECK(why.empty() == (*r.why == '\0'));
    CHECK(why.find(r.why) != std::string::npos);
  }
}

TEST_CASE("secrets are whsec_ and base64, or raw text") {
  struct row {
    const char* name;
    const char* text;
    std::size_t bytes; // 0: refused
  };
  const row rows[] = {
      {"whsec_", known_secret, 24},
      {"with a line end", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", 24},
      {"padded", "whsec_AAECAwQFBgcICQoLDA0ODw==", 16},
      {"raw", "sixteen bytes ok", 16},
      {"not base64", "whsec_!!!!", 0},
      {"too short", "short", 0},
      {"too short once decoded", "whsec_AAECAwQ=", 0},
      {"nothing", "", 0},
      {"prefix alone", "whsec_", 0},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    const auto made = parse_signing_key(r.text);
    REQUIRE(made.has_value() == (r.bytes != 0));
    if (made) CHECK(made->reveal().size() == r.bytes);
  }
}

TEST_CASE("a webhook's URL is taken apart") {
  struct row {
    const char* url;
    const char* host; // null: refused
    const char* port;
    const char* target;
    bool tls;
  };
  const row rows[] = {
      {"https://alerts.example.org/hook?a=b%20c", "alerts.example.org", "443", "/hook?a=b%20c", true},
      {"http://127.0.0.1:8099", "127.0.0.1", "8099", "/", false},
      {"https://[2001:db8::1]:8443/x", "2001:db8::1", "8443", "/x", true},
      {"ftp://example.org/", nullptr, "", "", false},
      {"https://user:word@example.org/", nullptr, "", "", false},
      {"https://example.org/#part", nullptr, "", "", false},
      {"https:///nowhere", nullptr, "", "", false},
      {"https://example.org/\r\nX: y", nullptr, "", "", false},
      {"not a url", nullptr, "", "", false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.url);
    const auto to = parse_destination(r.url);
    REQUIRE(to.has_value() == (r.host != nullptr));
    if (!to) continue;
    CHECK(to->host == r.host);
    CHECK(to->port == r.port);
    CHECK(to->target == r.target);
    CHECK(to->tls == r.tls);
  }
}

TEST_CASE("only addresses that anyone could own are public") {
  for (const char* text :
       {"93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"}) {
    CAPTURE(text);
    CHECK(is_public(boost::asio::ip::make_address(text)));
  }
  for (const char* text : {"127.0.0.1",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "0.0.0.0",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::1",
                           "::",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "64:ff9b::7f00:1",
                           "2002:7f00:1::",
                           "2001:db8::1",
                           "::127.0.0.1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_public(boost::asio::ip::make_address(text)));
  }
}
