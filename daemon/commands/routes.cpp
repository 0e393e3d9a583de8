// SPDX-License-Identifier: Apache-2.0
// `forewarn routes test`: who would get an alert, by which channel, and why; and who would not, and why not.
#include "daemon/commands/alert_file.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/rota_view.hpp"
#include "daemon/commands/service_words.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/settings.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string file, at = "now";
};

alerting::topic topic_of(const alert& one) {
  alerting::topic about;
  about.how = one.level;
  about.to = one.audience;
  about.automatic = one.decided_by == "automatic";
  for (const auto& code : one.content.areas) about.areas.emplace_back(code);
  for (const auto& id : one.content.substances) about.substances.emplace_back(id);
  for (const auto& kind : one.content.kinds) about.kinds.emplace_back(kind);
  return about;
}

json::object as_json(const alerting::routed& one) {
  json::array channels;
  for (const auto& by : one.to->channels)
    channels.push_back(json::object{{"name", by.name}, {"kind", to_text(by.kind)}, {"to", leads_to(by)}});
  return {{"service", one.to->id.str()}, {"name", one.to->name}, {"channels", std::move(channels)}, {"why", one.why}};
}

void say(const alert& one, const std::vector<alerting::routed>& hits, const std::vector<told_in_turn>& told,
         const std::string& when) {
  std::cout << fmt::format("{} ({}, for {}): {}\n\nThe alert goes to:\n", one.ref.empty() ? "alert" : one.ref.str(),
                           to_text(one.level), to_text(one.audience), one.content.headline);
  std::vector<std::vector<std::string>> cells;
  for (const auto& hit : hits) cells.push_back({hit.to->id.str(), hit.to->name, channels_of(*hit.to), hit.why});
  if (cells.empty())
    std::cout << "NOBODY: no service takes it, so it would not be issued.\n";
  else
    std::cout << as_table({"SERVICE", "NAME", "BY", "WHY"}, cells);
  std::cout << fmt::format("\nBefore, at {}, on-call is told of its signal:\n", when);
  cells.clear();
  for (const auto& each : told) cells.push_back({each.when, each.who->name, each.by, each.why});
  if (cells.empty())
    std::cout << "NOBODY is on call then.\n";
  else
    std::cout << as_table({"TOLD", "WHO", "BY", "WHY"}, cells);
}

outcome test(const wishes& these, const context& shared) {
  const auto one = find_alert(these.file, 0, shared);
  if (!one) return outcome::failed;
  const auto all = load_configuration(shared.config_dir);
  std::cerr << render(all.found, all.sources);
  if (!all.services || !all.reference || has_errors(all.found)) return outcome::failed;
  const auto at = read_when(these.at, all);
  if (!at) return outcome::usage;
  const auto hits = alerting::route(*all.services, topic_of(*one), *all.reference);
  const auto told = told_of_signal(*all.services, all.reference->local_zone, *at);
  if (shared.output == "json") {
    json::array services, people;
    for (const auto& hit : hits) services.push_back(as_json(hit));
    for (const auto& each : told) people.push_back(as_json(each));
    std::cout << json::serialize(json::object{{"alert", one->ref.str()},
                                              {"at", format_rfc3339(*at)},
                                              {"services", std::move(services)},
                                              {"on_call", std::move(people)}})
              << '\n';
  } else {
    say(*one, hits, told, all.reference->local_zone.format(*at));
  }
  return hits.empty() || told.empty() ? outcome::failed : outcome::done;
}

} // namespace

void add_routes(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("routes", "who would get an alert, by which channel, and why");
  verb->footer("Example: forewarn routes test --alert alert.json --at 'sunday 03:00'");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();
  auto* testing = verb->add_subcommand("test", "sends nothing; says who would be told");
  testing->footer("Example: forewarn routes test --alert alert.json --at 'sunday 03:00'\n"
                  "A file holds an alert as `forewarn alerts show REF -o json` prints it. Exit code 1: nobody would.");
  testing->fallthrough();
  testing->add_option("--alert", these->file, "the alert as JSON (- reads it from standard input), or its reference")
      ->required()
      ->type_name("FILE|REF");
  testing->add_option("--at", these->at, "when: a time, 'sunday 03:00', 03:00 or now")
      ->capture_default_str()
      ->type_name("TIME");
  testing->callback([these, &shared] { shared.result = test(*these, shared); });
}

} // namespace forewarn::commands
