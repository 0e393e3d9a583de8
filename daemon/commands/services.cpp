// SPDX-License-Identifier: Apache-2.0
// `forewarn services`: who is told, by which channels, and an exercise message to see that it arrives.
#include "daemon/alerting/services.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/commands/service_words.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/settings.hpp"
#include "forewarn/text.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string id;
  std::string reason = "a test of the channels";
};

std::vector<std::string> roles(const alerting::service& one) {
  std::vector<std::string> out;
  if (one.on_call) out.emplace_back("on_call");
  if (one.duty_desk) out.emplace_back("duty_desk");
  if (one.exercise) out.emplace_back("exercise");
  if (one.operators) out.emplace_back("operators");
  if (one.by_turns) out.emplace_back("rota");
  return out;
}

template <class Id> std::vector<std::string> texts(const std::vector<Id>& ids) {
  std::vector<std::string> out;
  for (const auto& id : ids) out.push_back(id.str());
  return out;
}

std::string takes(const alerting::service& one, const reference_data& reference) {
  std::vector<std::string> parts;
  std::vector<std::string> areas;
  for (const auto& code : one.areas) areas.push_back(reference.areas.name_of(code));
  std::vector<std::string> drugs;
  for (const auto& id : one.substances) drugs.push_back(reference.substances.name_of(id));
  parts.push_back(areas.empty() ? "every area" : join_or(areas));
  parts.push_back(drugs.empty() ? "every drug" : join_or(drugs));
  parts.push_back(fmt::format("{} and higher", to_text(one.least_level)));
  std::vector<std::string> audiences;
  for (const auto to : one.audiences) audiences.emplace_back(to_text(to));
  if (!audiences.empty()) parts.push_back("for " + join_or(audiences));
  return join(parts, "; ");
}

json::array list_of(const std::vector<std::string>& words) {
  json::array out;
  for (const auto& word : words) out.emplace_back(word);
  return out;
}

json::object as_json(const alerting::service& one) {
  json::array channels;
  for (const auto& by : one.channels)
    channels.push_back(
        json::object{{"name", by.name}, {"kind", to_text(by.kind)}, {"to", leads_to(by)}, {"fallback", by.fallback}});
  json::array audiences;
  for (const auto to : one.audiences) audiences.emplace_back(to_text(to));
  return {{"id", one.id.str()},
          {"name", one.name},
          {"roles", list_of(roles(one))},
          {"areas", list_of(texts(one.areas))},
          {"substances", list_of(texts(one.substances))},
          {"level", to_text(one.least_level)},
          {"audience", std::move(audiences)},
          {"channels", std::move(channels)}};
}

outcome list(const context& shared) {
  const auto all = load_configuration(shared.config_dir);
  std::cerr << render(all.found, all.sources);
  if (!all.services || !all.reference || has_errors(all.found)) return outcome::failed;
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : all.services->services) out.push_back(as_json(one));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : all.services->services) {
    cells.push_back({one.id.str(), one.name, roles(one).empty() ? "-" : join(roles(one), ", "), channels_of(one),
                     one.by_turns ? "what on-call hears, while on duty" : takes(one, *all.reference)});
  }
  std::cout << as_table({"ID", "NAME", "ROLES", "CHANNELS", "TAKES"}, cells);
  return outcome::done;
}

outcome test(const wishes& these, const context& shared) {
  const auto answer = decide(shared, "/v1/services/" + these.id + "/test", these.reason);
  if (!answer) return answer.error();
  if (shared.output != "json")
    std::cout << fmt::format("An exercise message is on its way to {} by every channel. To see it arrive: forewarn "
                             "deliveries list\n",
                             these.id);
  return outcome::done;
}

} // namespace

std::string leads_to(const alerting::channel& by) {
  if (by.kind == channel_kind::email) return join(by.to, ", ");
  if (by.kind == channel_kind::maildir) return by.folder;
  if (by.kind == channel_kind::notify) return "GOV.UK Notify to " + join(by.to, ", ");
  const auto start = by.url.find("://");
  const auto path = by.url.find('/', start == std::string::npos ? 0 : start + 3);
  return by.url.substr(0, path);
}

std::string channels_of(const alerting::service& one) {
  std::vector<std::string> out;
  for (const auto& by : one.channels)
    out.push_back(fmt::format("{} ({}{})", by.name, leads_to(by), by.fallback ? "; fallback" : ""));
  return join(out, ", ");
}

void add_services(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("services", "who is told, and by which channels");
  verb->footer("Examples:\n  forewarn services list\n  forewarn services test on-call");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();

  auto* listing = verb->add_subcommand("list", "every service with its roles, channels and what it takes");
  listing->footer("Example: forewarn services list --config etc");
  listing->fallthrough();
  listing->callback([&shared] { shared.result = list(shared); });

  auto* testing = verb->add_subcommand("test", "sends a marked exercise message by every channel of one service");
  testing->footer("Example: forewarn services test on-call");
  testing->fallthrough();
  testing->add_option("SERVICE", these->id, "id, as in the list")->required();
  testing->add_option("--reason,--why", these->reason, "shown in the message")
      ->capture_default_str()
      ->type_name("TEXT");
  testing->callback([these, &shared] { shared.result = test(*these, shared); });
}

} // namespace forewarn::commands
