// SPDX-License-Identifier: Apache-2.0
#include "forewarn/feed_turn.hpp"

#include <boost/json.hpp>

namespace forewarn {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& line, std::string_view key) {
  const auto* value = line.if_contains(key);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

} // namespace

std::string to_json(const feed_turn& one) {
  return json::serialize(json::object{{"feed", one.feed.str()},
                                      {"kind", one.kind.str()},
                                      {"feed_state", to_text(one.to)},
                                      {"at", format_rfc3339(one.at)}});
}

result<feed_turn, std::string> parse_feed_turn(std::string_view text) {
  boost::system::error_code error;
  const auto read = json::parse(text, error);
  if (error || !read.is_object()) return failure("it is not a JSON object");
  const auto& line = read.get_object();
  const auto to = from_text<feed_state>(text_at(line, "feed_state"));
  if (!to) return failure("'feed_state' must be overdue, current or retired");
  const auto at = parse_rfc3339(text_at(line, "at"));
  if (!at) return failure("'at' must be a time such as 2026-03-01T10:00:00Z");
  feed_turn out{feed_id{text_at(line, "feed")}, kind_id{text_at(line, "kind")}, *to, *at};
  if (out.feed.str().empty()) return failure("'feed' is missing");
  if (out.kind.str().empty()) return failure("'kind' is missing");
  return out;
}

bool is_feed_turn(std::string_view text) {
  return text.find("\"feed_state\"") != std::string_view::npos &&
         text.find("\"occurred_at\"") == std::string_view::npos;
}

} // namespace forewarn
