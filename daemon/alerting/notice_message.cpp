// SPDX-License-Identifier: Apache-2.0
// What on-call reads about a signal: that it opened, changed or closed, what is known, and what to do next.
#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/envelope.hpp"
#include "daemon/alerting/tally.hpp"
#include "daemon/alerting/template_text.hpp"

#include "forewarn/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

namespace json = boost::json;

std::string closed_words(const signal& state) {
  switch (state.close_reason.value_or(close_reason::below_threshold)) {
  case close_reason::below_threshold: return "Nothing has kept it going, so it has closed.";
  case close_reason::data_corrected: return "Corrected data took its ground away, so it has closed.";
  case close_reason::feed_lost: return "A feed it depends on was retired, so it has closed without an answer.";
  case close_reason::rule_changed: return "Its rule was changed and no longer holds, so it has closed.";
  case close_reason::person: return "A person closed it.";
  }
  return {};
}

std::string change_words(const std::string& type, const signal_facts& facts) {
  const auto& state = facts.state;
  if (type == "signal.opened") return fmt::format("A new {} signal.", to_text(state.level));
  const auto change = facts.change.value_or(type == "signal.closed" ? signal_change::closed : signal_change::raised);
  switch (change) {
  case signal_change::raised: return fmt::format("The signal has risen to {}.", to_text(state.level));
  case signal_change::fell:
    return fmt::format("Corrected data lowered the signal; it is {} now.", to_text(state.level));
  case signal_change::fresh_crossing: return "The count had fallen below the threshold and has reached it again.";
  case signal_change::reopened:
    return fmt::format("A late record opened the closed signal again, at {}.", to_text(state.level));
  case signal_change::contradicted:
    return "Later data took the ground of this closed signal away: as the records now stand, it would not have opened.";
  case signal_change::closed: return closed_words(state);
  case signal_change::retrospective:
    return "Late records show what would have been a signal then. It never opened; this is for the record.";
  case signal_change::grew:
  case signal_change::held:
  case signal_change::resumed:
  case signal_change::opened: break;
  }
  return "The signal has changed.";
}

std::string clock_of(instant at, const reference_data& reference) {
  return reference.local_zone.format(at).substr(11);
}

std::vector<std::string> held_steps(const alert& held, const reference_data& reference) {
  return {fmt::format("The information-only alert {} goes out to the duty desks at {} unless it is stopped.",
                      held.ref.str(), clock_of(held.hold_until.value_or(held.created_at), reference)),
          fmt::format("To stop it: forewarn alerts stop {} --who \"YOUR NAME\" --reason \"WHY\"", held.ref.str())};
}

std::vector<std::string> steps_for_services(const signal_facts& facts) {
  if (!facts.written) return {};
  return {
      fmt::format("Alert {} was issued about it and stays in force until a person ends it.", facts.written->ref.str()),
      "Ask your public health team before you act differently."};
}

json::array list(const std::vector<std::string>& words) {
  json::array out;
  for (const auto& word : words) out.emplace_back(word);
  return out;
}

json::value time_or_null(const std::optional<instant>& at) {
  if (!at) return nullptr;
  return json::value(format_rfc3339(*at));
}

struct notice {
  std::string type;
  audience to = audience::on_call;
  alert_content content;
  std::string what;
  std::vector<std::string> steps;
};

json::object data_of(const notice& said, const signal_facts& facts, const std::optional<assessment>& work) {
  const auto& [type, to, content, what, steps] = said;
  const auto& state = facts.state;
  json::object out;
  out["signal"] = state.id.str();
  if (facts.change)
    out["change"] = to_text(*facts.change);
  else if (!facts.again.empty())
    out["change"] = "reminder";
  else
    out["change"] = type == "signal.opened" ? "opened" : "closed";
  out["explanation"] = what;
  out["level"] = to_text(state.level);
  out["rule"] = json::object{{"id", state.rule.str()},
                             {"title", facts.rule == nullptr ? state.rule.str() : facts.rule->title},
                             {"hash", state.rule_hash}};
  if (reads_exact_counts(to)) { // a series may be one ward or one hostel, a value one person
    out["series"] = json::parse(forewarn::to_json(state.series));
    out["value"] = state.value;
    out["bound"] = state.bound;
  }
  out["window"] = json::object{{"from", format_rfc3339(state.window.from)}, {"to", format_rfc3339(state.window.to)}};
  out["opened_at"] = format_rfc3339(state.opened_at);
  out["closed_at"] = time_or_null(state.closed_at);
  out["close_reason"] = state.close_reason ? json::value(to_text(*state.close_reason)) : json::value(nullptr);
  out["late"] = state.late;
  out["held"] = state.held;
  out["contradicted"] = state.contradicted;
  out["headline"] = content.headline;
  out["where"] = content.where;
  out["areas"] = list(content.areas);
  out["when"] = content.when;
  out["drugs"] = list(content.drugs);
  out["substances"] = list(content.substances);
  out["certainty"] = content.certainty;
  json::array evidence;
  for (const auto& line : content.evidence)
    evidence.push_back(json::object{{"source", line.source}, {"text", line.text}});
  out["evidence"] = std::move(evidence);
  out["data_complete_to"] = list(content.data_complete_to);
  out["assessment"] = work ? json::value(work->ref.str()) : json::value(nullptr);
  if (facts.written)
    out["alert"] = json::object{{"reference", facts.written->ref.str()},
                                {"state", to_text(facts.written->state)},
                                {"hold_until", time_or_null(facts.written->hold_until)}};
  else
    out["alert"] = nullptr;
  out["next_steps"] = list(steps);
  return out;
}

view view_of(const notice& said, const signal_facts& facts, const std::optional<assessment>& work,
             const word_book& words, const reference_data& reference) {
  const auto& [type, to, content, what, steps] = said;
  view out;
  out.set("for_on_call", view{to == audience::on_call});
  set(out, "lead", lead_of(type, facts));
  set_first_lines(out, content);
  set(out, "explanation", what);
  out.set("red", view{facts.state.level == level::red});
  set(out, "level", std::string{to_text(facts.state.level)});
  set(out, "where", content.where);
  set(out, "when", content.when);
  set(out, "drugs_line", content.drugs.empty() ? "Not confirmed" : join(content.drugs, ", "));
  set(out, "certainty", content.certainty);
  set(out, "rule", facts.state.rule.str());
  set(out, "rule_title", facts.rule == nullptr ? facts.state.rule.str() : facts.rule->title);
  set(out, "signal", facts.state.id.str());
  set(out, "assessment", work ? work->ref.str() : std::string{});
  set(out, "opened", reference.local_zone.format(facts.state.opened_at));
  set(out, "closed", facts.state.closed_at ? reference.local_zone.format(*facts.state.closed_at) : std::string{});
  set(out, "next_steps", steps);
  set(out, "not_an_all_clear", facts.state.closed_at ? words.blocks.at("not-an-all-clear") : std::string{});
  set(out, "association", words.blocks.at("association"));
  return out;
}

} // namespace

std::string what_happened(const std::string& type, const signal_facts& facts) {
  auto out = facts.again.empty() ? change_words(type, facts) : facts.again;
  if (facts.state.held) out += " A feed it depends on is overdue: it is held, and does not close before that is back.";
  return out;
}

// The word that a subject begins with.
std::string lead_of(const std::string& type, const signal_facts& facts) {
  const auto level = facts.state.level == level::red ? "RED" : std::string{to_text(facts.state.level)};
  if (type == "signal.opened") return fmt::format("Signal, {}", level);
  if (type == "signal.closed") return "Signal closed";
  if (facts.change == signal_change::contradicted) return "Signal contradicted";
  if (facts.change == signal_change::retrospective) return fmt::format("Found late, {}", level);
  if (!facts.again.empty()) return fmt::format("Signal still open, {}", level);
  return fmt::format("Signal now {}", level);
}

std::vector<std::string> next_steps(const std::string& type, const signal_facts& facts,
                                    const std::optional<assessment>& work, const reference_data& reference) {
  std::vector<std::string> out;
  if (facts.written) {
    const auto& written = *facts.written;
    if (written.state == alert_state::held && type != "signal.closed") return held_steps(written, reference);
    if (written.state == alert_state::stopped)
      out.push_back(fmt::format("The held alert {} was stopped; no service received it.", written.ref.str()));
    if (written.state == alert_state::held)
      out.push_back(fmt::format("The held alert {} still goes out at {} unless it is stopped.", written.ref.str(),
                                clock_of(written.hold_until.value_or(written.created_at), reference)));
    if (written.state == alert_state::issued)
      out.push_back(
          fmt::format("Alert {} was issued about it and stays in force until a person ends it.", written.ref.str()));
  }
  if (work && work->state == assessment_state::received) {
    out.push_back(fmt::format(
        "It waits for the panel as assessment {}. Services hear nothing until a person issues it.", work->ref.str()));
    out.push_back(
        fmt::format("To say you have it: forewarn assessments acknowledge {} --who \"YOUR NAME\" --reason \"WHY\"",
                    work->ref.str()));
    out.push_back(fmt::format("To decide: forewarn assessments show {}, then issue or dismiss it", work->ref.str()));
  }
  if (out.empty()) out.push_back(fmt::format("To see it: forewarn signals show {}", facts.state.id.str()));
  return out;
}

result<message, std::string> render_notice(const std::string& type, const signal_facts& facts,
                                           const std::optional<assessment>& work, const word_book& words,
                                           const reference_data& reference, instant now, audience to) {
  const notice said{type, to, compose_for(facts, to, words, reference), what_happened(type, facts),
                    to == audience::on_call ? next_steps(type, facts, work, reference) : steps_for_services(facts)};
  const auto shown = view_of(said, facts, work, words, reference);
  message out;
  out.type = type;
  out.about = facts.state.id.str();
  // Services know the alert, on-call the signal: each mail joins the thread its reader has.
  out.thread = to == audience::on_call || !facts.written ? facts.state.id.str() : facts.written->ref.str();
  out.level = facts.state.level;
  out.created_at = now;
  out.subject = shorten_subject(fill_text(words.templates.at("notice.subject.mustache"), shown), said.content.where,
                                longest_subject);
  out.text = fill_text(words.templates.at("notice.txt.mustache"), shown);
  out.html = fill_html(words.templates.at("notice.html.mustache"), shown);
  out.json = envelope(type, now, data_of(said, facts, work));
  return out;
}

} // namespace forewarn::alerting
