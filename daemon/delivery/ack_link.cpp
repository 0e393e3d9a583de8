// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/ack_link.hpp"

#include "daemon/alerting/envelope.hpp"
#include "daemon/wording/gsm7.hpp"
#include "daemon/wording/sms_line.hpp"
#include "forewarn/markup.hpp"

#include <fmt/format.h>

namespace forewarn::outbox {

namespace {

constexpr std::string_view asked = "To say that you have this:";

void add_to_html(std::string& html, const std::string& url) {
  if (html.empty()) return;
  const auto line = fmt::format("<p>{} <a href=\"{}\">{}</a></p>\n", asked, escaped_markup(url), escaped_markup(url));
  const auto end = html.rfind("</body>");
  html.insert(end == std::string::npos ? html.size() : end, line);
}

void add_to_json(std::string& json, const std::string& url) {
  if (!json.ends_with("}}")) return; // {"type", "timestamp", "data": {...}}
  const auto at = json.size() - 2;
  const auto member = fmt::format(R"({}"acknowledge":"{}")", json.at(at - 1) == '{' ? "" : ",", url);
  if (json.size() + member.size() < alerting::largest_webhook_body) json.insert(at, member);
}

void add_to_sms(std::string& sms, const std::string& subject, const std::string& url) {
  const auto& line = sms.empty() ? subject : sms;
  const auto longer = fmt::format("{} {} {}", line, "Have it?", url);
  if (wording::segments(wording::to_gsm7(longer)) <= wording::most_segments) sms = longer;
}

} // namespace

message with_ack_link(message what, const std::string& url) {
  what.text += fmt::format("{}{}\n{}\n", what.text.ends_with('\n') ? "\n" : "\n\n", asked, url);
  add_to_html(what.html, url);
  add_to_json(what.json, url);
  add_to_sms(what.sms, what.subject, url);
  return what;
}

} // namespace forewarn::outbox
