// SPDX-License-Identifier: Apache-2.0
// An alert as subject, text, HTML and webhook body. Refuses to write one that lacks what a reader must be told.
#include "daemon/alerting/alert_json.hpp"
#include "daemon/alerting/alert_view.hpp"
#include "daemon/alerting/envelope.hpp"
#include "daemon/wording/chart.hpp"
#include "daemon/wording/sms_line.hpp"

#include "forewarn/text.hpp"

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

std::string name_of(const alert& about) {
  return about.ref.empty() ? std::string{"the alert"} : "alert " + about.ref.str();
}

std::string upper(std::string_view word) {
  std::string out{word};
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

void add_content(view& out, const alert_content& content) {
  set_first_lines(out, content);
  set(out, "drugs_line", content.drugs.empty() ? "Not confirmed" : join(content.drugs, ", "));
  set(out, "sold_as_line", join(content.sold_as, ", "));
  set(out, "certainty", content.certainty);
  set(out, "risk", content.risk);
  set(out, "where", content.where);
  set(out, "when", content.when);
  set(out, "instigator", content.instigator);
  set(out, "source", content.source);
  set(out, "actions", content.actions);
  set(out, "harm_reduction", content.harm_reduction);
  set(out, "naloxone", content.naloxone);
  set(out, "overdose_signs", content.overdose_signs);
  set(out, "local_services", content.local_services);
  out.set("has_local_services", view{!content.local_services.empty()});
  set(out, "report_more", content.report_more);
}

} // namespace

std::string mark_of(alert_status status) {
  switch (status) {
  case alert_status::actual: return {};
  case alert_status::exercise: return "EXERCISE: ";
  case alert_status::test: return "TEST: ";
  }
  return {};
}

std::vector<std::string> missing_parts(const alert_content& content) {
  struct part {
    const char* name;
    bool there;
  };
  const part parts[] = {
      {"headline", !content.headline.empty()},
      {"certainty", !content.certainty.empty()},
      {"identified risk", !content.risk.empty()},
      {"where", !content.where.empty()},
      {"when", !content.when.empty()},
      {"evidence", !content.evidence.empty()},
      {"source of information", !content.source.empty()},
      {"actions for staff", !content.actions.empty()},
      {"harm reduction", !content.harm_reduction.empty()},
      {"naloxone", !content.naloxone.empty()},
      {"overdose signs", !content.overdose_signs.empty()},
      {"where to report more", !content.report_more.empty()},
  };
  std::vector<std::string> out;
  for (const auto& one : parts)
    if (!one.there) out.emplace_back(one.name);
  return out;
}

std::optional<std::string> what_it_lacks(const alert& about) {
  const auto missing = missing_parts(about.content);
  if (missing.empty()) return {};
  return fmt::format("{} cannot be written: it lacks {}", name_of(about), join_and(missing));
}

view view_of(const alert& about, const word_book& words, const reference_data& reference) {
  view out;
  add_content(out, about.content);
  set(out, "mark", mark_of(about.status));
  set(out, "reference", about.ref.str());
  set(out, "version", std::to_string(about.version));
  out.set("formal", view{about.outcome == alert_outcome::formal_alert});
  out.set("information_only", view{about.outcome == alert_outcome::information_only});
  set(out, "level", std::string{to_text(about.level)});
  out.set("red", view{about.level == level::red});
  set(out, "level_upper", upper(to_text(about.level)));
  auto audience = std::string{to_text(about.audience)};
  for (char& c : audience)
    if (c == '_') c = ' ';
  set(out, "audience", audience);
  out.set("not_for_forwarding", view{about.audience < audience::people_who_use_drugs});
  const auto time = [&](const char* name, const std::optional<instant>& at) {
    set(out, name, at ? reference.local_zone.format(*at) : std::string{});
  };
  time("issued", about.issued_at);
  time("review_by", about.review_by);
  time("expires", about.expires_at);
  set(out, "supersedes", about.supersedes);
  set(out, "reason", about.reason);
  set(out, "rule", about.rule.str());
  set(out, "engine", about.engine_version);
  out.set("automatic", view{about.decided_by == "automatic"});
  // What a report says rests on no rule.
  const auto of_report = about.rule.str().empty() ? words.blocks.find("association-report") : words.blocks.end();
  const auto association = of_report == words.blocks.end() ? words.blocks.find("association") : of_report;
  set(out, "association", association == words.blocks.end() ? std::string{} : association->second);
  return out;
}

result<message, std::string> render_alert(const alert& about, const word_book& words, const reference_data& reference,
                                          instant now) {
  if (auto wrong = what_it_lacks(about)) return failure(std::move(*wrong));
  auto shown = view_of(about, words, reference);
  if (const auto drawn = wording::draw_chart(about.content.daily, about.level)) {
    set(shown, "chart", drawn->data_uri);
    set(shown, "chart_text", drawn->in_words);
  }
  message out;
  out.type = about.status == alert_status::actual ? "alert.issued" : "exercise.alert";
  out.about = fmt::format("{} v{}", about.ref.str(), about.version);
  out.thread = about.ref.str();
  out.level = about.level;
  out.created_at = now;
  out.subject = shorten_subject(fill_text(words.templates.at("alert.subject.mustache"), shown), about.content.where,
                                longest_subject);
  out.text = fill_text(words.templates.at("alert.txt.mustache"), shown);
  out.html = fill_html(words.templates.at("alert.html.mustache"), shown);
  out.json = envelope(out.type, now, as_json(about));
  // Where the approved advice alone would be too long for it, the subject serves.
  if (auto line = wording::sms_line(about, words, reference)) out.sms = std::move(*line);
  return out;
}

} // namespace forewarn::alerting
