// SPDX-License-Identifier: Apache-2.0
// `forewarn assessments`: what waits for the panel, and the panel's decisions. Looks at the store itself, so that
// looking works without the daemon; deciding goes through the daemon.
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
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
  std::string outcome = "formal_alert";
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
  std::cout << fmt::format("{}\n\nref       {}\nlevel     {}\nstate     {}\nreceived  {}\nsignal    {}\nrule      {}\n",
                           one.headline, one.ref.str(), to_text(one.level), to_text(one.state),
                           from.time(one.received_at), one.signal.str(), one.rule.str());
  if (one.acknowledged_at)
    std::cout << fmt::format("seen by   {}, {}\n", one.acknowledged_by, from.time(*one.acknowledged_at));
  if (one.decided_at)
    std::cout << fmt::format("decided   {}, {}: {}\n", one.decided_by, from.time(*one.decided_at), one.reason);
  if (one.alert) std::cout << fmt::format("alert     {}\n", one.alert->str());
  if (one.state == assessment_state::received)
    std::cout << fmt::format("\nTo decide:\n  forewarn assessments issue {0} --reason \"WHY\"\n"
                             "  forewarn assessments issue {0} --outcome information_only --reason \"WHY\"\n"
                             "  forewarn assessments dismiss {0} --reason \"WHY\"\n",
                             one.ref.str());
}

outcome show(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto one = from->reader->assessment_by_ref(assessment_ref{these.ref});
  if (!one) {
    std::cerr << fmt::format("forewarn: no assessment '{}'; `forewarn assessments list --all` shows all\n", these.ref);
    return outcome::failed;
  }
  if (shared.output == "json")
    std::cout << json::serialize(http::view(*one)) << '\n';
  else
    print(*one, *from);
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

outcome issue(const wishes& these, const context& shared) {
  const auto answer =
      decide(shared, "/v1/assessments/" + these.ref + "/issue", these.reason, {{"outcome", these.outcome}});
  std::string alert = "the alert";
  if (answer)
    if (const auto* ref = answer->if_contains("reference"); ref != nullptr && ref->is_string())
      alert = std::string{ref->get_string()};
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
  issuing->add_option("--outcome", these->outcome, "formal_alert or information_only")
      ->check(CLI::IsMember(all_spellings<alert_outcome>()))
      ->capture_default_str();
  issuing->callback([these, &shared] { shared.result = issue(*these, shared); });

  auto* dismissing = part(*verb, "dismiss", "no alert: say why",
                          "forewarn assessments dismiss A-2026-0042 --reason 'one person, known to the crew'");
  about_one(dismissing);
  add_reason(*dismissing, these->reason);
  dismissing->callback([these, &shared] { shared.result = dismiss(*these, shared); });
}

} // namespace forewarn::commands
