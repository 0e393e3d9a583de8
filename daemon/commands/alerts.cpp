// SPDX-License-Identifier: Apache-2.0
// `forewarn alerts`: what was sent to services or waits out its hold, and stopping what waits. What comes after is in
// alert_life.cpp.
#include "daemon/alerting/alert_json.hpp"
#include "daemon/alerting/words.hpp"
#include "daemon/commands/alert_life.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/settings.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

struct wishes {
  std::string ref;
  std::string reason;
  std::string as = "text";
  bool all = false;
  std::size_t limit = 100;
};

outcome list(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  page which;
  which.limit = these.limit;
  const auto rows = from->reader->alerts(!these.all, which);
  if (shared.output == "json") {
    boost::json::array out;
    for (const auto& one : rows) out.push_back(alerting::as_json(one));
    std::cout << boost::json::serialize(out) << '\n';
    return outcome::done;
  }
  if (rows.empty()) {
    std::cout << (these.all ? "No alerts yet.\n" : "No alert is held or in force. --all shows the others.\n");
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : rows)
    cells.push_back({one.ref.str(), std::string{to_text(one.level)}, std::string{to_text(one.outcome)},
                     std::string{to_text(one.state)},
                     from->time(one.issued_at.value_or(one.hold_until.value_or(one.created_at))),
                     one.content.headline});
  std::cout << as_table({"REF", "LEVEL", "OUTCOME", "STATE", "OUT", "WHAT"}, cells);
  return outcome::done;
}

// What went out, as it went out: the stored message. Of what nobody has received, as it would read now.
std::optional<message> rendering_of(const alert& one, const context& shared, const stored& from) {
  if (one.issued_at)
    if (auto sent = from.reader->newest_message(fmt::format("{} v{}", one.ref.str(), one.version))) return sent;
  const auto all = load_configuration(shared.config_dir);
  if (!all.words || !all.reference || has_errors(all.found)) {
    std::cerr << render(all.found, all.sources);
    return {};
  }
  auto written = alerting::render_alert(one, *all.words, *all.reference, one.issued_at.value_or(one.created_at));
  if (!written) {
    std::cerr << "forewarn: " << written.error() << '\n';
    return {};
  }
  return std::move(*written);
}

void say_who_has_it(const alert& one, const stored& from) {
  if (one.state == alert_state::held)
    std::cout << fmt::format("HELD until {}: nobody has received it yet. To stop it: forewarn alerts stop {} --reason "
                             "\"WHY\"\n\n",
                             from.time(one.hold_until.value_or(one.created_at)), one.ref.str());
  if (one.state == alert_state::stopped)
    std::cout << fmt::format("STOPPED by {} ({}): nobody received it.\n\n", one.decided_by, one.reason);
}

outcome print(const alert& one, const std::string& as, const context& shared, const stored& from) {
  const auto written = rendering_of(one, shared, from);
  if (!written) return outcome::failed;
  if (as == "text") say_who_has_it(one, from);
  const auto& text = as == "subject"   ? written->subject
                     : as == "html"    ? written->html
                     : as == "webhook" ? written->json
                                       : written->text;
  std::cout << text << (text.ends_with('\n') ? "" : "\n");
  return outcome::done;
}

outcome show(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto one = from->reader->alert_by_ref(alert_ref{these.ref});
  if (!one) {
    std::cerr << fmt::format("forewarn: no alert '{}'; `forewarn alerts list --all` shows all\n", these.ref);
    return outcome::failed;
  }
  if (shared.output != "json") return print(*one, these.as, shared, *from);
  std::cout << alerting::to_json(*one) << '\n';
  return outcome::done;
}

outcome stop(const wishes& these, const context& shared) {
  const auto answer = decide(shared, "/v1/alerts/" + these.ref + "/stop", these.reason);
  if (!answer) return answer.error();
  if (shared.output != "json") std::cout << fmt::format("{} is stopped: no service receives it.\n", these.ref);
  return outcome::done;
}

} // namespace

void add_alerts(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("alerts", "what services were told, and what waits out its hold");
  verb->footer("Examples:\n  forewarn alerts list\n  forewarn alerts show FW-2026-0007\n"
               "  forewarn alerts stop FW-2026-0007 --reason 'a test record'\n"
               "  forewarn alerts update FW-2026-0007 --refresh --reason 'two more since'\n"
               "  forewarn alerts stand-down FW-2026-0007 --reason 'the batch was seized'");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();

  auto* listing = verb->add_subcommand("list", "held and in force, the newest first");
  listing->footer("Example: forewarn alerts list --all -o json");
  listing->fallthrough();
  listing->add_flag("--all", these->all, "also those stopped, stood down or retracted");
  listing->add_option("--limit", these->limit, "at most so many")->capture_default_str()->check(CLI::Range(1, 100'000));
  listing->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* showing = verb->add_subcommand("show", "one, as services read it");
  showing->footer(
      "Examples:\n  forewarn alerts show FW-2026-0007\n  forewarn alerts show FW-2026-0007 --as html > alert.html\n"
      "What went out is shown as it went out, whatever the templates say today.");
  showing->fallthrough();
  showing->add_option("REF", these->ref, "reference, as in the list")->required();
  showing->add_option("--as", these->as, "text, subject, html or webhook")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "subject", "html", "webhook"}));
  showing->callback([these, &shared] { shared.result = show(*these, shared); });

  auto* stopping = verb->add_subcommand("stop", "stops an automatic alert within its hold");
  stopping->footer("Example: forewarn alerts stop FW-2026-0007 --reason 'a test record'");
  stopping->fallthrough();
  stopping->add_option("REF", these->ref, "reference, as in the list")->required();
  add_reason(*stopping, these->reason);
  stopping->callback([these, &shared] { shared.result = stop(*these, shared); });

  add_alert_life(*verb, shared);
}

} // namespace forewarn::commands
