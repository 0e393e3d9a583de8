// SPDX-License-Identifier: Apache-2.0
// `forewarn on-call`: who is on call at a time and what they get, the rota of the weeks to come, what nobody has read
// yet, and saying that it was read.
#include "daemon/alerting/paging.hpp"
#include "daemon/commands/alert_file.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/commands/rota_view.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/rota/rota.hpp"
#include "forewarn/text.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string at = "now", from = "now", file, what;
  std::string reason = "has read it";
  int days = 28;
};

std::optional<configuration> read_services(const context& shared) {
  auto all = load_configuration(shared.config_dir);
  std::cerr << render(all.found, all.sources);
  if (!all.services || !all.reference || has_errors(all.found)) return {};
  return all;
}

// What the one on duty reads of it, on a telephone.
void say_what_they_get(const alert& one) {
  std::cout << fmt::format("\nThey are told of the signal behind {}: {}\nThe alert itself goes to services: forewarn "
                           "routes test\n",
                           one.ref.empty() ? "it" : one.ref.str(), one.content.headline);
}

outcome show(const wishes& these, const context& shared) {
  const auto all = read_services(shared);
  if (!all) return outcome::failed;
  const auto at = read_when(these.at, *all);
  if (!at) return outcome::usage;
  std::optional<alert> about;
  if (!these.file.empty()) {
    about = find_alert(these.file, 0, shared);
    if (!about) return outcome::failed;
  }
  const auto& local = all->reference->local_zone;
  const auto told = told_of_signal(*all->services, local, *at);
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : told) out.push_back(as_json(one));
    std::cout << json::serialize(json::object{{"at", format_rfc3339(*at)}, {"told", std::move(out)}}) << '\n';
    return told.empty() ? outcome::failed : outcome::done;
  }
  std::cout << fmt::format("On call at {}:\n", local.format(*at));
  if (told.empty()) {
    std::cout << "NOBODY. Give a service 'roles: [on_call]', or write a rota; see docs/on-call.md.\n";
    return outcome::failed;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : told) cells.push_back({one.when, one.who->name, one.by, one.why});
  std::cout << as_table({"TOLD", "WHO", "BY", "WHY"}, cells);
  if (about) say_what_they_get(*about);
  return outcome::done;
}

outcome show_turns(const wishes& these, const context& shared) {
  const auto all = read_services(shared);
  if (!all) return outcome::failed;
  if (!all->services->rota) {
    std::cout << "There is no rota: services with the role on_call hear at all hours.\n";
    return outcome::done;
  }
  const auto from = read_when(these.from, *all);
  if (!from) return outcome::usage;
  const auto& local = all->services->rota->local;
  const auto until = *from + std::chrono::hours{24} * these.days;
  const auto rows = on_call::duties(*all->services->rota, *from, until);
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : rows)
      out.push_back(json::object{{"who", one.who.str()},
                                 {"from", format_rfc3339(one.from)},
                                 {"until", format_rfc3339(one.until)},
                                 {"why", one.why}});
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : rows) {
    const auto* person = all->services->find(one.who);
    cells.push_back(
        {local.format(one.from), local.format(one.until),
         fmt::format("{:.0f} h", std::chrono::duration<double, std::ratio<3600>>(one.until - one.from).count()),
         person == nullptr ? one.who.str() : person->name, one.why});
  }
  std::cout << as_table({"FROM", "UNTIL", "LENGTH", "WHO", "WHY"}, cells);
  return outcome::done;
}

outcome unread(const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto rows = alerting::unread_notices(*from->reader);
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : rows) {
      json::array signals, asked;
      for (const auto& id : one.signals) signals.emplace_back(id.str());
      for (const auto& name : one.asked) asked.emplace_back(name);
      out.push_back(json::object{{"subject", one.subject},
                                 {"signals", std::move(signals)},
                                 {"asked", std::move(asked)},
                                 {"next_at", format_rfc3339(one.next_at)}});
    }
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  if (rows.empty()) {
    std::cout << "Nothing waits to be read.\n";
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : rows)
    cells.push_back({one.signals.empty() ? one.key : one.signals.front().str(), join(one.asked, ", "),
                     from->time(one.next_at), one.subject});
  std::cout << as_table({"SIGNAL", "ASKED", "NEXT AT", "NOTICE"}, cells)
            << "To say that one was read: forewarn on-call read SIGNAL\n";
  return outcome::done;
}

outcome read(const wishes& these, const context& shared) {
  const auto answer = decide(shared, "/v1/on-call/read", these.reason, {{"what", these.what}});
  if (!answer) return answer.error();
  if (shared.output != "json")
    std::cout << fmt::format("Noted: {} has read it. Nobody else is asked about {}.\n", shared.who, these.what);
  return outcome::done;
}

void add_steps(CLI::App& verb, const std::shared_ptr<wishes>& these, context& shared) {
  auto* listing = verb.add_subcommand("rota", "whose turns the weeks to come are");
  listing->footer("Example: forewarn on-call rota --from 2026-12-20 --days 21");
  listing->fallthrough();
  listing->add_option("--from", these->from, "a day or a time")->capture_default_str()->type_name("TIME");
  listing->add_option("--days", these->days, "how many")->capture_default_str()->check(CLI::Range(1, 400));
  listing->callback([these, &shared] { shared.result = show_turns(*these, shared); });

  auto* waiting = verb.add_subcommand("unread", "notices that nobody has read yet, and who is asked next");
  waiting->footer("Example: forewarn on-call unread");
  waiting->fallthrough();
  waiting->callback([&shared] { shared.result = unread(shared); });

  auto* reading = verb.add_subcommand("read", "says that you have read a notice, so that nobody else is asked");
  reading->footer("Example: forewarn on-call read A-2026-0042 --who 'a manager'");
  reading->fallthrough();
  reading->add_option("WHAT", these->what, "the signal, assessment or alert of the notice")->required();
  reading->add_option("--reason,--why", these->reason, "what you do about it")
      ->capture_default_str()
      ->type_name("TEXT");
  reading->callback([these, &shared] { shared.result = read(*these, shared); });
}

} // namespace

void add_on_call(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("on-call", "who is on call at a time, and what they would get");
  verb->footer("Examples:\n  forewarn on-call\n  forewarn on-call --at 'sunday 03:00'\n  forewarn on-call rota\n"
               "  forewarn on-call read A-2026-0042 --who 'a manager'");
  verb->require_subcommand(0, 1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();
  verb->add_option("--at", these->at, "now, 2026-03-01T03:00:00Z, '2026-03-01 03:00', 'sunday 03:00' or 03:00")
      ->capture_default_str()
      ->type_name("TIME");
  verb->add_option("--alert", these->file, "an alert as JSON, or its reference: also say what they are told of it")
      ->type_name("FILE|REF");
  add_steps(*verb, these, shared);
  verb->callback([verb, these, &shared] {
    if (verb->get_subcommands().empty()) shared.result = show(*these, shared);
  });
}

} // namespace forewarn::commands
