// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/step_message.hpp"

#include "daemon/alerting/alert_json.hpp"
#include "daemon/alerting/envelope.hpp"
#include "daemon/alerting/template_text.hpp"
#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::panel {
namespace {

namespace json = boost::json;

bool goes_on(alert_step step) {
  return step == alert_step::updated || step == alert_step::corrected;
}

std::string_view word_of(alert_step step) {
  switch (step) {
  case alert_step::updated: return "UPDATE";
  case alert_step::corrected: return "CORRECTION";
  case alert_step::stood_down: return "STOOD DOWN";
  case alert_step::retracted: return "RETRACTED";
  case alert_step::merged: return "STOOD DOWN, goes on elsewhere";
  }
  return "UPDATE";
}

std::string_view mark_of(alert_status status) {
  switch (status) {
  case alert_status::actual: return "";
  case alert_status::exercise: return "EXERCISE: ";
  case alert_status::test: return "TEST: ";
  }
  return "";
}

std::string lead_of(const alert& one, const told_step& what, const reference_data& reference) {
  const auto issued = what.issued_before ? what.issued_before : one.issued_at;
  const auto when = issued ? reference.local_zone.format(*issued) : std::string{};
  switch (what.step) {
  case alert_step::updated:
    return fmt::format("UPDATE to {}: this is version {} and replaces what you received before.", one.ref.str(),
                       one.version);
  case alert_step::corrected:
    return fmt::format("CORRECTION of {}: what you received before was wrong. This is version {}; use it instead, and "
                       "tell those you passed the earlier one on to.",
                       one.ref.str(), one.version);
  case alert_step::stood_down:
    return fmt::format("{} of {} is STOOD DOWN: it is no longer in force. This is no all-clear; the usual advice "
                       "stands.",
                       one.ref.str(), when);
  case alert_step::retracted:
    return fmt::format("{} of {} is RETRACTED: do not act on it, and tell those you passed it on to that it is "
                       "withdrawn.",
                       one.ref.str(), when);
  case alert_step::merged:
    return fmt::format("{} of {} goes on as {}: follow that one from now on. Nothing is over.", one.ref.str(), when,
                       what.instead);
  }
  return {};
}

std::string details_of(const alert& one, const told_step& what) {
  std::string out = "Why: " + one.reason;
  for (const auto& change : what.changes) out += "\n- " + change;
  return out;
}

std::string as_html(const std::string& plain) {
  alerting::view shown;
  alerting::set(shown, "text", plain);
  return alerting::fill_html(R"(<p style="white-space:pre-wrap">{{text}}</p>)", shown);
}

std::string after_first(const std::string& whole, const std::string& mark, const std::string& put) {
  const auto at = whole.find(mark);
  if (at == std::string::npos) return put + whole;
  return whole.substr(0, at + mark.size()) + put + whole.substr(at + mark.size());
}

// Behind the first lines, which stay what and where.
void put_into_alert(message& out, const std::string& lead, const std::string& details) {
  out.text = after_first(out.text, "\n\n", lead + "\n" + details + "\n\n");
  const auto body = out.html.find("<body");
  const auto end = body == std::string::npos ? body : out.html.find('>', body);
  if (end != std::string::npos) out.html.insert(end + 1, as_html(lead + "\n" + details));
}

void write_ended(message& out, const alert& one, const std::string& lead, const std::string& details) {
  const auto text = fmt::format("{}\n\n{}\n\n{}", one.content.headline, lead, details);
  out.text = std::string{mark_of(one.status)} + text + '\n';
  alerting::view shown;
  alerting::set(shown, "headline", std::string{mark_of(one.status)} + one.content.headline);
  alerting::set(shown, "lead", lead);
  alerting::set(shown, "details", details);
  out.html = alerting::fill_html(
      R"(<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{{headline}}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em;margin:0 auto;padding:1em">
<h1 style="font-size:20px">{{headline}}</h1>
<p><strong>{{lead}}</strong></p>
<p style="white-space:pre-wrap">{{details}}</p>
</body></html>
)",
      shown);
}

void note(std::vector<std::string>& out, const char* part, const std::string& was, const std::string& is) {
  if (was == is) return;
  const auto shown = [](const std::string& text) { return text.empty() ? std::string{"nothing"} : text; };
  out.push_back(fmt::format("{}: {}; was: {}", part, shown(is), shown(was)));
}

} // namespace

std::string type_of(alert_step step, alert_status status) {
  std::string_view word = "updated";
  if (step == alert_step::stood_down || step == alert_step::merged) word = "stood_down";
  if (step == alert_step::retracted) word = "retracted";
  return fmt::format("{}{}", status == alert_status::actual ? "alert." : "exercise.alert_", word);
}

std::vector<std::string> changes_between(const alert& before, const alert& after) {
  const auto& was = before.content;
  const auto& is = after.content;
  std::vector<std::string> out;
  note(out, "Level", std::string{to_text(before.level)}, std::string{to_text(after.level)});
  note(out, "What and where", was.headline, is.headline);
  note(out, "Drug of concern", join(was.drugs, ", "), join(is.drugs, ", "));
  note(out, "Sold as", join(was.sold_as, ", "), join(is.sold_as, ", "));
  note(out, "Certainty", was.certainty, is.certainty);
  note(out, "Identified risk", was.risk, is.risk);
  note(out, "Where", was.where, is.where);
  note(out, "When", was.when, is.when);
  const auto lines = [](const alert_content& of) {
    std::vector<std::string> all;
    for (const auto& line : of.evidence) all.push_back(line.source + ": " + line.text);
    return join(all, "; ");
  };
  note(out, "What the records say", lines(was), lines(is));
  if (was.actions != is.actions) out.emplace_back("What staff should do has changed");
  if (was.naloxone != is.naloxone) out.emplace_back("The naloxone advice has changed");
  if (was.harm_reduction != is.harm_reduction) out.emplace_back("The harm-reduction advice has changed");
  return out;
}

result<message, std::string> render_step(const alert& now_is, const told_step& what, const alerting::word_book& words,
                                         const reference_data& reference, instant now) {
  auto written = alerting::render_alert(now_is, words, reference, now);
  if (!written) return failure(written.error());
  auto out = std::move(*written);
  out.type = type_of(what.step, now_is.status);
  const auto lead = lead_of(now_is, what, reference);
  const auto details = details_of(now_is, what);
  out.subject = alerting::shorten_subject(
      fmt::format("{}{}: {}", mark_of(now_is.status), word_of(what.step), now_is.content.headline),
      now_is.content.where, alerting::longest_subject);
  if (goes_on(what.step))
    put_into_alert(out, lead, details);
  else
    write_ended(out, now_is, lead, details);
  auto data = alerting::as_json(now_is);
  json::array changes;
  for (const auto& one : what.changes) changes.emplace_back(one);
  data["change"] = json::object{
      {"correction", what.step == alert_step::corrected}, {"what", std::move(changes)}, {"goes_on_as", what.instead}};
  out.json = alerting::envelope(out.type, now, data);
  return out;
}

} // namespace forewarn::panel
