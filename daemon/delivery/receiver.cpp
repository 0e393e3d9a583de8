// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/receiver.hpp"

#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <optional>

namespace forewarn::outbox {

namespace {

namespace json = boost::json;

constexpr std::size_t widest_value = 300;
constexpr std::size_t most_fields = 40;

std::optional<json::object> read_message(const std::string& body) {
  boost::system::error_code failed;
  auto parsed = json::parse(body, failed);
  if (failed || !parsed.is_object()) return {};
  const auto& message = parsed.get_object();
  const auto* type = message.if_contains("type");
  const auto* data = message.if_contains("data");
  if (type == nullptr || !type->is_string() || data == nullptr || !data->is_object()) return {};
  return message;
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' '; // what a stranger sends never steers the terminal
  if (text.size() <= widest_value) return text;
  std::size_t end = widest_value;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

std::string in_words(const json::value& value) {
  if (value.is_string()) return one_line(std::string{value.get_string()});
  if (!value.is_array()) return one_line(json::serialize(value));
  std::vector<std::string> items;
  for (const auto& item : value.get_array()) items.push_back(in_words(item));
  return one_line(join(items, "; "));
}

bool says_something(const json::value& value) {
  return !value.is_null() && !(value.is_string() && value.get_string().empty()) &&
         !(value.is_array() && value.get_array().empty()) && !(value.is_object() && value.get_object().empty());
}

std::string list_fields(const json::object& data) {
  std::string lines;
  std::size_t shown = 0;
  for (const auto& [name, value] : data) {
    if (name == "headline" || !says_something(value)) continue;
    if (++shown > most_fields) break;
    lines += fmt::format("  {:<17} {}\n", one_line(std::string{name}), in_words(value));
  }
  return lines;
}

std::string show(const webhook_request& got, const reception& said, const std::optional<json::object>& message,
                 int times, instant now) {
  if (!said.verified)
    return fmt::format("---- {}  NOT VERIFIED, answered {}\n  {:<17} {}\n  {:<17} {}\n", format_rfc3339(now),
                       said.status, "why", one_line(said.why), "webhook-id", one_line(got.id));
  auto block = fmt::format("---- {}  verified{}, answered {}\n  {:<17} {}\n", format_rfc3339(now),
                           said.repeat ? fmt::format(", repeat {} of a message seen before", times - 1) : "",
                           said.status, "webhook-id", one_line(got.id));
  if (said.status == 500) block += fmt::format("  {:<17} {}\n", "why 500", "failed on purpose (--fail-rate)");
  if (!message) return block + fmt::format("  {:<17} {}\n", "why", one_line(said.why));
  block += fmt::format("  {:<17} {}\n", "type", in_words(message->at("type")));
  const auto& data = message->at("data").get_object();
  if (const auto* headline = data.if_contains("headline"))
    block += fmt::format("  {:<17} {}\n", "headline", in_words(*headline));
  return said.repeat ? block : block + list_fields(data); // a repeat was shown whole before
}

std::string log_line(const webhook_request& got, const reception& said, const std::optional<json::object>& message,
                     instant now) {
  json::object line;
  line["received_at"] = format_rfc3339(now);
  line["webhook_id"] = got.id;
  line["webhook_timestamp"] = got.timestamp;
  line["verified"] = said.verified;
  line["repeat"] = said.repeat;
  line["answered"] = said.status;
  if (!said.why.empty()) line["why"] = said.why;
  if (message && said.verified) line["message"] = *message;
  return json::serialize(line);
}

} // namespace

receiver::receiver(std::vector<signing_key> keys, double fail_rate, std::uint64_t seed)
    : keys_{std::move(keys)}, fail_rate_{fail_rate}, random_{seed} {}

reception receiver::take(const webhook_request& got, instant now) {
  reception said;
  int times = 0;
  std::optional<json::object> message;
  said.why = why_not_verified(got.id, got.timestamp, got.signature, got.body, keys_, now);
  said.verified = said.why.empty();
  if (!said.verified) {
    said.status = 401;
  } else {
    auto& known = seen_[got.id];
    times = ++known.times;
    said.repeat = times > 1;
    message = read_message(got.body);
    if (!message) {
      said.status = 400;
      said.why = "the body is not a JSON object with type, timestamp and data";
    } else if (std::uniform_real_distribution<double>{0.0, 1.0}(random_) < fail_rate_) {
      said.status = 500;
    } else {
      said.settled_now = !std::exchange(known.answered, true);
    }
  }
  said.shown = show(got, said, message, times, now);
  said.log_line = log_line(got, said, message, now);
  return said;
}

} // namespace forewarn::outbox
