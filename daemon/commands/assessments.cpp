// SPDX-License-Identifier: Apache-2.0
// `forewarn assessments`: what waits for the panel, and the panel's decisions. Looks at the store itself, so that
// looking works without the daemon; deciding goes through the daemon.
#include "daemon/commands/assessment_steps.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/commands/panel_words.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/http/views.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string ref;
  std::string reason;
  std::string outcome, level, audience, advice;
  typed_parts parts;
  bool break_glass = false;
  std::int64_t version = 0;
  bool all = false;
  std::size_t limit = 100;
};

outcome list(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  page which;
  which.limit = these.limit;
  const auto rows = from->reader->assessments(!these.all, which);
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : rows) out.push_back(http::view(one));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  if (rows.empty()) {
    std::cout << (these.all ? "No assessments yet.\n" : "Nothing waits for the panel. --all shows what was decided.\n");
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : rows)
    cells.push_back({one.ref.str(), std::string{to_text(one.level)}, std::string{to_text(one.state)},
                     from->time(one.received_at), one.acknowledged_by.empty() ? "-" : one.acknowledged_by,
                     one.headline});
  std::cout << as_table({"REF", "LEVEL", "STATE", "RECEIVED", "ACKNOWLEDGED", "WHAT"}, cells);
  return outcome::done;
}

void print(const assessment& one, const stored& from) {
  std::cout << fmt::format("{}\n\nref       {}\nversion   {}\nlevel     {}\nstate     {}\nreceived  {}\n", one.headline,
                           one.ref.str(), one.version, to_text(one.level), to_text(one.state),
                           from.time(one.received_at));
  if (!one.signal.empty()) std::cout << fmt::format("signal    {}\nrule      {}\n", one.signal.str(), one.rule.str());
  print_case(one, from);
  if (one.acknowledged_at)
    std::cout << fmt::format("seen by   {}, {}\n", one.acknowledged_by, from.time(*one.acknowledged_at));
  if (one.decided_at)
    std::cout << fmt::format("decided   {}, {}: {}\n", one.decided_by, from.time(*one.decided_at), one.reason);
  if (one.alert) std::cout << fmt::format("alert     {}\n", one.alert->str());
  if (one.state == assessment_state::received) print_next_steps(one, from);
}

outcome show(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto one = from->reader->assessment_by_ref(assessment_ref{these.ref});
  if (!one) {
    std::cerr << fmt::format("forewarn: no assessment '{}'; `forewarn assessments list --all` shows all\n", these.ref);
    return outcome::failed;
  }
  if (shared.output != "json") {
    print(*one, *from);
    return outcome::done;
  }
  auto out = http::view(*one);
  put_case(out, *one, *from);
  std::cout << json::serialize(out) << '\n';
  return outcome::done;
}

outcome say(const context& shared, const result<json::object, outcome>& answer, const std::string& text) {
  if (!answer) return answer.error();
  if (shared.output != "json") std::cout << text << '\n';
  return outcome::done;
}

outcome acknowledge(const wishes& these, const context& shared) {
  return say(shared, decide(shared, "/v1/assessments/" + these.ref + "/acknowledge", these.reason),
             fmt::format("{} is with {}.", these.ref, shared.who));
}

outcome dismiss(const wishes& these, const context& shared) {
  return say(shared, decide(shared, "/v1/assessments/" + these.ref + "/dismiss", these.reason),
             fmt::format("{} is dismissed: no alert goes out.", these.ref));
}

json::object body_of(const wishes& these, json::object parts) {
  json::object body{{"break_glass", these.break_glass}};
  const std::pair<const char*, const std::string*> words[] = {
      {"outcome", &these.outcome}, {"level", &these.level}, {"audience", &these.audience}, {"advice", &these.advice}};
  for (const auto& [key, word] : words)
    if (!word->empty()) body[key] = *word;
  if (!parts.empty()) body["content"] = std::move(parts);
  put_seen(body, these.version);
  return body;
}

outcome issue(const wishes& these, const context& shared) {
  auto parts = parts_of(these.parts);
  if (!parts) return parts.error();
  const auto answer =
      decide(shared, "/v1/assessments/" + these.ref + "/issue", these.reason, body_of(these, std::move(*parts)));
  if (!answer) return answer.error();
  const auto text = [&](const char* key) {
    const auto* value = answer->if_contains(key);
    return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
  };
  if (const auto waits = text("waits"); !waits.empty())
    return say(shared, answer, fmt::format("Not sent yet: {}", waits));
  const auto alert = text("reference");
  return say(
      shared, answer,
      fmt::format("{} is issued as {}. To see it: forewarn alerts show {}. To see it arrive: forewarn deliveries list",
                  these.ref, alert, alert));
}

CLI::App* part(CLI::App& verb, const char* name, const char* what, const char* example) {
  auto* out = verb.add_subcommand(name, what);
  out->footer(std::string{"Example: "} + example);
  out->fallthrough();
  return out;
}

} // namespace

void add_assessments(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("assessments", "signals that wait for the panel, and its decisions");
  verb->footer("Examples:\n  forewarn assessments list\n  forewarn assessments show A-2026-0042\n"
               "  forewarn assessments issue A-2026-0042 --who 'the duty consultant' --reason 'three from one batch'");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();
  const auto about_one = [&these](CLI::App* to) {
    to->add_option("REF", these->ref, "reference, as in the list")->required();
  };

  auto* listing = part(*verb, "list", "those that wait, the newest first", "forewarn assessments list --all -o json");
  listing->add_flag("--all", these->all, "also those already decided");
  listing->add_option("--limit", these->limit, "at most so many")->capture_default_str()->check(CLI::Range(1, 100'000));
  listing->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* showing = part(*verb, "show", "one, and what can be done with it", "forewarn assessments show A-2026-0042");
  about_one(showing);
  showing->callback([these, &shared] { shared.result = show(*these, shared); });

  auto* seen = part(*verb, "acknowledge", "somebody has it in hand",
                    "forewarn assessments acknowledge A-2026-0042 --reason 'ringing the ambulance desk'");
  about_one(seen);
  add_reason(*seen, these->reason);
  seen->callback([these, &shared] { shared.result = acknowledge(*these, shared); });

  auto* issuing = part(*verb, "issue", "make an alert of it, and send it to the services that take it",
                       "forewarn assessments issue A-2026-0042 --reason 'three from one batch'");
  about_one(issuing);
  add_reason(*issuing, these->reason);
  issuing->add_option("--outcome", these->outcome, "formal_alert or information_only; default: as graded, else formal")
      ->check(CLI::IsMember(all_spellings<alert_outcome>()));
  issuing->add_option("--level", these->level, "info, amber or red; default: as graded, else the signal's")
      ->check(CLI::IsMember(all_spellings<level>()));
  issuing->add_option("--audience", these->audience, "for whom it is written; default: as the rule says")
      ->check(CLI::IsMember(all_spellings<audience>()));
  issuing->add_option("--advice", these->advice, "which approved words a report's alert has; default: general");
  issuing->add_flag(
      "--break-glass", these->break_glass,
      "alone: red and for the public without a second person, or what the panel should have graded first; another "
      "person reviews it within a day");
  add_parts(*issuing, these->parts);
  add_seen(*issuing, these->version);
  issuing->callback([these, &shared] { shared.result = issue(*these, shared); });

  auto* dismissing = part(*verb, "dismiss", "no alert: say why",
                          "forewarn assessments dismiss A-2026-0042 --reason 'one person, known to the crew'");
  about_one(dismissing);
  add_reason(*dismissing, these->reason);
  dismissing->callback([these, &shared] { shared.result = dismiss(*these, shared); });

  add_assessment_steps(*verb, shared);
}

} // namespace forewarn::commands
