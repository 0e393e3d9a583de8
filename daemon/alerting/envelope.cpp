// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/envelope.hpp"

#include "daemon/alerting/template_text.hpp"

#include <array>
#include <stdexcept>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

namespace json = boost::json;

// How much a value may keep. From generous to scant: the last one fits whatever the parts are.
struct allowance {
  std::size_t items;
  std::size_t characters;
};
constexpr std::array allowances =
    std::to_array<allowance>({{12, 2'000}, {8, 1'000}, {5, 500}, {3, 200}, {2, 100}, {1, 40}});
// A word as long as a hash or a reference is one, and is worth nothing in part.
constexpr std::size_t longest_id = 100;

// True where something was taken away.
bool cut(json::value& value, const allowance& may) {
  bool less = false;
  if (auto* text = value.if_string()) {
    const std::string_view whole{text->data(), text->size()};
    if (whole.size() <= longest_id && whole.find(' ') == std::string_view::npos) return false;
    const auto fits = shorten(whole, may.characters);
    less = whole.size() > may.characters && whole != fits;
    if (less) *text = fits;
  } else if (auto* list = value.if_array()) {
    less = list->size() > may.items;
    if (less) list->resize(may.items);
    for (auto& item : *list) less = cut(item, may) || less;
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) less = cut(member.value(), may) || less;
  }
  return less;
}

json::object cut_to(const json::object& whole, const allowance& may) {
  auto out = whole;
  json::array shortened;
  for (auto& member : out)
    if (cut(member.value(), may)) shortened.emplace_back(member.key());
  out["shortened"] = std::move(shortened);
  return out;
}

std::string body_of(const std::string& type, instant now, const json::object& data) {
  return fmt::format(R"({{"type":"{}","timestamp":"{}","data":{}}})", type, format_rfc3339(now), json::serialize(data));
}

} // namespace

std::string envelope(const std::string& type, instant now, const json::object& data) {
  auto body = body_of(type, now, data);
  for (const auto& may : allowances) {
    if (body.size() < largest_webhook_body) return body;
    body = body_of(type, now, cut_to(data, may));
  }
  if (body.size() < largest_webhook_body) return body;
  throw std::logic_error(fmt::format("a {} message has so many parts that no webhook can carry it", type));
}

} // namespace forewarn::alerting
