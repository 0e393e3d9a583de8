// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/notify_client.hpp"

#include "daemon/delivery/retry_after.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace forewarn::outbox {

namespace {

namespace json = boost::json;
namespace net = boost::asio;

constexpr std::size_t uuid_size = 36;
constexpr std::chrono::seconds rate_window{60}; // Notify counts the messages of the last minute
constexpr std::size_t longest_said = 200;

bool is_uuid(std::string_view text) {
  if (text.size() != uuid_size) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !digit) return false;
  }
  return true;
}

std::string base64url(std::string_view raw) {
  auto out = to_base64(raw);
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  out.erase(std::find(out.begin(), out.end(), '='), out.end());
  return out;
}

std::string request_text(const char* method, const destination& to, const std::string& path, const notify_key& key,
                         instant now, const std::string& body) {
  return fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: forewarn/" FOREWARN_VERSION "\r\n"
                     "Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                     method, path, to.authority, notify_token(key, now), body.size(), body);
}

// "TooManyRequestsError: Exceeded send limits (...)" of the first error; its type alone decides, its words never.
struct notify_error {
  std::string type, words;
};
notify_error error_of(const std::string& body) {
  boost::system::error_code wrong;
  const auto read = json::parse(body, wrong);
  if (wrong || !read.is_object()) return {};
  const auto* errors = read.get_object().if_contains("errors");
  if (errors == nullptr || !errors->is_array() || errors->get_array().empty()) return {};
  const auto* first = errors->get_array().front().if_object();
  if (first == nullptr) return {};
  const auto text = [&](const char* key) {
    const auto* value = first->if_contains(key);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
  };
  return {text("error"), text("message")};
}

duration until_midnight(instant now) {
  return std::chrono::ceil<std::chrono::days>(now + duration{1}) - now;
}

// True where one with this reference was taken and has not failed.
bool took_it_before(const std::string& body, const std::string& reference) {
  boost::system::error_code wrong;
  const auto read = json::parse(body, wrong);
  if (wrong || !read.is_object()) return false;
  const auto* list = read.get_object().if_contains("notifications");
  if (list == nullptr || !list->is_array()) return false;
  return std::any_of(list->get_array().begin(), list->get_array().end(), [&](const json::value& one) {
    const auto* row = one.if_object();
    const auto* its = row == nullptr ? nullptr : row->if_contains("reference");
    const auto* status = row == nullptr ? nullptr : row->if_contains("status");
    return its != nullptr && its->is_string() && its->get_string() == reference &&
           (status == nullptr || !status->is_string() ||
            std::string_view{status->get_string()}.find("failure") == std::string_view::npos);
  });
}

attempt of_fault(const http_fault& fault) {
  return {fault.not_allowed ? attempt_result::refused : attempt_result::again, fault.why, {}, !fault.not_allowed};
}

// What came of several recipients: all of them, or what is worst.
attempt joined(const std::vector<attempt>& each) {
  const auto worst = [](const attempt& one) {
    return one.result == attempt_result::again ? 2 : one.result == attempt_result::refused ? 1 : 0;
  };
  return *std::max_element(each.begin(), each.end(),
                           [&](const attempt& a, const attempt& b) { return worst(a) < worst(b); });
}

} // namespace

result<notify_key, std::string> parse_notify_key(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 * uuid_size + 1 || !is_uuid(text.substr(text.size() - uuid_size)) ||
      !is_uuid(text.substr(text.size() - 2 * uuid_size - 1, uuid_size)))
    return failure(
        std::string{"it is not one of GOV.UK Notify: NAME-SERVICE-SECRET, with two long ids of 36 characters"});
  return notify_key{std::string{text.substr(text.size() - 2 * uuid_size - 1, uuid_size)},
                    signing_key{std::string{text.substr(text.size() - uuid_size)}}};
}

std::string notify_token(const notify_key& key, instant now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const auto signed_text = base64url(R"({"typ":"JWT","alg":"HS256"})") + '.' +
                           base64url(json::serialize(json::object{{"iss", key.service}, {"iat", seconds}}));
  return signed_text + '.' + base64url(hmac_sha256(key.secret, signed_text));
}

attempt judge_notify(const http_answer& answer, instant now) {
  if (answer.status == 201) return {attempt_result::delivered, "Notify 201 taken; its receipt follows", {}};
  const auto error = error_of(answer.body);
  attempt came;
  came.said = fmt::format("Notify {} {}", answer.status, error.type);
  if (!error.words.empty()) came.said += ": " + error.words;
  came.said = came.said.substr(0, longest_said);
  came.whole_channel = true;
  if (answer.status == 400) {
    came.result = attempt_result::refused;
    came.whole_channel = false;
  } else if (answer.status == 429) {
    // "RateLimitError" is of the last minute, "TooManyRequestsError" of the day, which ends at midnight UTC.
    came.retry_after = error.type == "TooManyRequestsError" ? until_midnight(now) : duration{rate_window};
    if (const auto asked = parse_retry_after(answer.retry_after, now)) came.retry_after = *asked;
  } else if (answer.status == 503) {
    came.retry_after = parse_retry_after(answer.retry_after, now);
  }
  return came;
}

std::string notify_reference(const message_id& id, std::size_t which) {
  return which == 0 ? id.str() : fmt::format("{}.{}", id.str(), which + 1);
}

message_id delivery_of_reference(std::string_view reference) {
  return message_id{std::string{reference.substr(0, reference.find('.'))}};
}

std::string notify_body(const notify_target& by, const message& what, const std::string& recipient,
                        const std::string& reference) {
  json::object personal;
  if (by.text_message) {
    personal["message"] = what.sms.empty() ? what.subject : what.sms;
  } else {
    personal["subject"] = what.subject;
    personal["message"] = what.text;
  }
  return json::serialize(json::object{{by.text_message ? "phone_number" : "email_address", recipient},
                                      {"template_id", by.template_id},
                                      {"personalisation", std::move(personal)},
                                      {"reference", reference}});
}

// A connection for the requests of one attempt, opened again where Notify closed it.
class notify_client::line {
public:
  line(destination to, std::shared_ptr<net::ssl::context> trust, bool private_address, http_limits limits)
      : to_{std::move(to)}, trust_{std::move(trust)}, private_address_{private_address}, limits_{limits} {}

  net::awaitable<result<http_answer, http_fault>> ask(const std::string& request) {
    if (!open_) {
      auto opened = co_await http_connection::open(to_, trust_, private_address_, limits_);
      if (!opened) co_return failure(opened.error());
      open_ = std::move(*opened);
    }
    auto answer = co_await open_->exchange(request);
    if (!answer || !answer->keep) open_.reset();
    co_return answer;
  }

private:
  destination to_;
  std::shared_ptr<net::ssl::context> trust_;
  bool private_address_;
  http_limits limits_;
  std::unique_ptr<http_connection> open_;
};

net::awaitable<attempt> notify_client::send(notify_target by, due_delivery what, instant now) {
  const auto to = parse_destination(by.url);
  if (!to) co_return attempt{attempt_result::refused, to.error(), {}};
  if (by.to.empty()) co_return attempt{attempt_result::refused, "the channel names nobody under `sms` or `email`", {}};
  std::shared_ptr<net::ssl::context> trust;
  if (to->tls) {
    auto& known = trusts_[by.ca_file];
    if (!known) {
      auto made = make_trust(by.ca_file);
      if (!made) co_return attempt{attempt_result::again, made.error(), {}, true};
      known = std::move(*made);
    }
    trust = known;
  }
  line wire{*to, std::move(trust), by.private_address, limits_};
  std::vector<attempt> each;
  for (std::size_t i = 0; i < by.to.size(); ++i) {
    const auto reference = notify_reference(what.row.id, i);
    if (what.row.attempts > 0) {
      const auto lookup = request_text("GET", *to, "/v2/notifications?reference=" + reference, by.key, now, {});
      const auto known = co_await wire.ask(lookup);
      if (!known) co_return of_fault(known.error());
      if (known->status == 200 && took_it_before(known->body, reference)) {
        each.push_back({attempt_result::delivered, "Notify 201 taken before; its receipt follows", {}});
        continue;
      }
    }
    const auto body = notify_body(by, what.message, by.to[i], reference);
    const auto path = std::string{"/v2/notifications/"} + (by.text_message ? "sms" : "email");
    const auto request = request_text("POST", *to, path, by.key, now, body);
    const auto answer = co_await wire.ask(request);
    if (!answer) co_return of_fault(answer.error()); // whoever has it already is found by the reference
    each.push_back(judge_notify(*answer, now));
  }
  co_return joined(each);
}

} // namespace forewarn::outbox
