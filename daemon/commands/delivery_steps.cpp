// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/delivery_steps.hpp"

#include "daemon/commands/decide.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/delivery/stuck.hpp"
#include "daemon/settings.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string about, service, reason = "has it";
};

std::string state_of(const outbox::stuck_destination& one, const stored& from) {
  if (one.said_gone) return "said 410: nothing is sent";
  if (one.down_since) return "down since " + from.time(*one.down_since);
  return "tried again";
}

outcome show_stuck(const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto all = load_configuration(shared.config_dir);
  if (!all.services || has_errors(all.found)) {
    std::cerr << render(all.found, all.sources);
    return outcome::failed;
  }
  const auto found = outbox::what_is_stuck(*all.services, *from->reader);
  const bool nothing = found.destinations.empty() && found.unconfirmed.empty();
  if (shared.output == "json") {
    std::cout << json::serialize(outbox::as_json(found)) << '\n';
    return nothing ? outcome::done : outcome::failed;
  }
  if (nothing) {
    std::cout << "Nothing is stuck: what was sent has arrived or is on its way, and is confirmed where that was asked.\n";
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : found.destinations)
    cells.push_back({one.service.str(), one.channel, std::to_string(one.waiting), std::to_string(one.red),
                     one.oldest ? from->time(*one.oldest) : "-", state_of(one, *from),
                     one.next_try ? from->time(*one.next_try) : "-", one.last_result});
  if (!cells.empty())
    std::cout << as_table({"SERVICE", "CHANNEL", "WAIT", "RED", "OLDEST", "STATE", "NEXT TRY", "LAST RESULT"}, cells);
  cells.clear();
  for (const auto& one : found.unconfirmed)
    cells.push_back({one.about, one.service.str(), from->time(one.asked_at),
                     one.confirm_by ? from->time(*one.confirm_by) : "-", std::to_string(one.told)});
  if (!cells.empty())
    std::cout << "\nNot confirmed:\n" << as_table({"ALERT", "SERVICE", "SENT", "EXPECTED BY", "TIMES TOLD"}, cells);
  return outcome::failed;
}

outcome confirm(const wishes& these, const context& shared) {
  const auto answer =
      decide(shared, "/v1/services/" + these.service + "/confirm", these.reason, {{"what", these.about}});
  if (!answer) return answer.error();
  if (shared.output != "json")
    std::cout << fmt::format("Noted: {} of {} has {}. Nobody asks for it any more.\n", shared.who, these.service,
                             these.about);
  return outcome::done;
}

} // namespace

void add_delivery_steps(CLI::App& deliveries, context& shared) {
  const auto these = std::make_shared<wishes>();

  auto* stuck = deliveries.add_subcommand("stuck", "what does not get through, by destination, and who has not confirmed");
  stuck->footer("Example: forewarn deliveries stuck\nEnds with 1 where something is.");
  stuck->fallthrough();
  stuck->callback([&shared] { shared.result = show_stuck(shared); });

  auto* word = deliveries.add_subcommand("confirm", "says that a person of a service has an alert");
  word->footer("Example: forewarn deliveries confirm FW-2026-0007 --service outreach --who 'the team leader'");
  word->fallthrough();
  word->add_option("ALERT", these->about, "its reference")->required();
  word->add_option("--service", these->service, "whose person it is")->required()->type_name("SERVICE");
  word->add_option("--reason,--why", these->reason, "how you know")->capture_default_str()->type_name("TEXT");
  word->callback([these, &shared] { shared.result = confirm(*these, shared); });
}

} // namespace forewarn::commands
