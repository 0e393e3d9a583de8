// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/content_edit.hpp"

#include "daemon/alerting/drugs.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::panel {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_parts = 20'000;

std::string kind_of(const json::value& value) {
  if (value.is_array()) return "a list";
  return value.is_string() ? "text" : "something else";
}

// Replaces the drugs by what the vocabulary calls them; what follows from them is in `follows`.
result<void, std::string> look_up_drugs(json::object& parts, const alerting::word_book& words,
                                        const reference_data& reference) {
  const auto* given = parts.if_contains("drugs");
  if (given == nullptr || !given->is_array()) return {};
  json::array names, ids;
  std::vector<substance_id> found;
  for (const auto& one : given->get_array()) {
    const auto typed = one.is_string() ? std::string{one.get_string()} : std::string{};
    const auto known = reference.substances.named(typed);
    if (!known)
      return failure(fmt::format("no substance '{}'{}", typed, suggestion(typed, reference.substances.all_words())));
    found.push_back(reference.substances.row(*known).id);
    names.emplace_back(reference.substances.name_of(found.back()));
    ids.emplace_back(found.back().str());
  }
  parts["drugs"] = std::move(names);
  if (!parts.contains("substances")) parts["substances"] = std::move(ids);
  if (!parts.contains("naloxone")) parts["naloxone"] = alerting::naloxone_line(found, words, reference);
  return {};
}

} // namespace

result<alert_content, std::string> edited(const alert_content& content, const std::string& parts_text,
                                          const alerting::word_book& words, const reference_data& reference) {
  if (parts_text.empty()) return content;
  if (parts_text.size() > longest_parts)
    return failure(fmt::format("the parts are longer than {} bytes", longest_parts));
  boost::system::error_code error;
  auto read = json::parse(parts_text, error);
  if (error || !read.is_object()) return failure(std::string{"the parts of an alert are a JSON object"});
  auto& parts = read.get_object();
  if (auto looked = look_up_drugs(parts, words, reference); !looked) return failure(looked.error());
  auto whole = json::parse(to_json(content)).get_object();
  std::vector<std::string> known;
  for (const auto& one : whole) known.emplace_back(one.key());
  for (const auto& [name, value] : parts) {
    const std::string key{name};
    const auto* was = whole.if_contains(key);
    if (was == nullptr) return failure(fmt::format("an alert has no part '{}'{}", key, suggestion(key, known)));
    if (was->kind() != value.kind())
      return failure(fmt::format("'{}' must be {}, not {}", key, kind_of(*was), kind_of(value)));
    if (value.is_array() && key != "evidence")
      for (const auto& item : value.get_array())
        if (!item.is_string()) return failure(fmt::format("'{}' must be a list of texts", key));
    whole[key] = value;
  }
  return parse_alert_content(json::serialize(whole));
}

} // namespace forewarn::panel
