// SPDX-License-Identifier: Apache-2.0
#include "forewarn/alert.hpp"

#include <boost/json.hpp>

namespace forewarn {
namespace {

namespace json = boost::json;

json::array list(const std::vector<std::string>& words) {
  json::array out;
  for (const auto& word : words) out.emplace_back(word);
  return out;
}

std::string text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

std::vector<std::string> words(const json::object& object, std::string_view key) {
  std::vector<std::string> out;
  if (const auto* value = object.if_contains(key); value != nullptr && value->is_array())
    for (const auto& item : value->get_array())
      if (item.is_string()) out.emplace_back(item.get_string());
  return out;
}

json::array days(const std::vector<counted_day>& all) {
  json::array out;
  for (const auto& one : all) {
    const auto whole = static_cast<std::int64_t>(one.count);
    const bool is_whole = static_cast<double>(whole) == one.count;
    out.push_back(json::object{{"day", one.day},
                               {"count", is_whole ? json::value(whole) : json::value(one.count)},
                               {"of_signal", one.of_signal}});
  }
  return out;
}

std::vector<counted_day> days(const json::object& object, std::string_view key) {
  std::vector<counted_day> out;
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return out;
  for (const auto& item : value->get_array()) {
    if (!item.is_object()) continue;
    counted_day one{text(item.get_object(), "day")};
    if (const auto* count = item.get_object().if_contains("count"); count != nullptr && count->is_number())
      one.count = count->to_number<double>();
    if (const auto* mark = item.get_object().if_contains("of_signal"); mark != nullptr && mark->is_bool())
      one.of_signal = mark->get_bool();
    out.push_back(std::move(one));
  }
  return out;
}

} // namespace

std::string to_json(const alert_content& content) {
  json::array evidence;
  for (const auto& line : content.evidence) {
    json::object one;
    one["source"] = line.source;
    one["text"] = line.text;
    evidence.push_back(std::move(one));
  }
  json::object out;
  out["headline"] = content.headline;
  out["drugs"] = list(content.drugs);
  out["sold_as"] = list(content.sold_as);
  out["certainty"] = content.certainty;
  out["risk"] = content.risk;
  out["substances"] = list(content.substances);
  if (!content.kinds.empty()) out["kinds"] = list(content.kinds);
  out["where"] = content.where;
  out["areas"] = list(content.areas);
  out["when"] = content.when;
  out["evidence"] = std::move(evidence);
  if (!content.daily.empty()) out["daily"] = days(content.daily);
  out["data_complete_to"] = list(content.data_complete_to);
  out["source"] = content.source;
  out["instigator"] = content.instigator;
  out["actions"] = list(content.actions);
  out["harm_reduction"] = content.harm_reduction;
  out["naloxone"] = content.naloxone;
  out["overdose_signs"] = content.overdose_signs;
  out["local_services"] = list(content.local_services);
  out["report_more"] = content.report_more;
  return json::serialize(out);
}

result<alert_content, std::string> parse_alert_content(std::string_view text_in) {
  boost::system::error_code error;
  const auto document = json::parse(text_in, error);
  if (error || !document.is_object()) return failure(std::string{"an alert's content must be a JSON object"});
  const auto& object = document.get_object();
  alert_content out;
  out.headline = text(object, "headline");
  out.drugs = words(object, "drugs");
  out.sold_as = words(object, "sold_as");
  out.certainty = text(object, "certainty");
  out.risk = text(object, "risk");
  out.substances = words(object, "substances");
  out.kinds = words(object, "kinds");
  out.where = text(object, "where");
  out.areas = words(object, "areas");
  out.when = text(object, "when");
  if (const auto* evidence = object.if_contains("evidence"); evidence != nullptr && evidence->is_array())
    for (const auto& item : evidence->get_array())
      if (item.is_object())
        out.evidence.push_back({text(item.get_object(), "source"), text(item.get_object(), "text")});
  out.daily = days(object, "daily");
  out.data_complete_to = words(object, "data_complete_to");
  out.source = text(object, "source");
  out.instigator = text(object, "instigator");
  out.actions = words(object, "actions");
  out.harm_reduction = text(object, "harm_reduction");
  out.naloxone = text(object, "naloxone");
  out.overdose_signs = text(object, "overdose_signs");
  out.local_services = words(object, "local_services");
  out.report_more = text(object, "report_more");
  return out;
}

} // namespace forewarn
