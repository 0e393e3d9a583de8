// SPDX-License-Identifier: Apache-2.0
// `forewarn mute` and `forewarn mutes`: a person's word that notices of a rule, a site or a series are to wait. Setting
// and ending go through the daemon; looking reads the store.
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/http/views.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::vector<std::string> what;
  std::string until;
  std::string by;
  std::string reason;
  std::string ref;
  bool all = false;
};

std::string text_at(const json::object& from, const char* key) {
  const auto* value = from.if_contains(key);
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

// `--by` and `--who` name the same person.
context with_person(const context& shared, const std::string& by) {
  auto out = shared;
  if (!by.empty()) out.who = by;
  return out;
}

outcome set(const wishes& these, const context& shared) {
  const auto answer = decide(with_person(shared, these.by), "/v1/mutes", these.reason,
                             {{"what", join(these.what, " ")}, {"until", these.until}});
  if (!answer) return answer.error();
  if (shared.output == "json") return outcome::done;
  const auto until = parse_rfc3339(text_at(*answer, "until"));
  const auto from = open_stored(shared);
  std::cout << fmt::format("{}: notices of {} wait until {}, red ones too; the end is told. To end it early: forewarn "
                           "mutes end {} --why \"WHY\"\n",
                           text_at(*answer, "reference"), text_at(*answer, "what"),
                           until && from ? from->time(*until) : text_at(*answer, "until"),
                           text_at(*answer, "reference"));
  return outcome::done;
}

outcome end(const wishes& these, const context& shared) {
  const auto answer = decide(with_person(shared, these.by), "/v1/mutes/" + these.ref + "/end", these.reason);
  if (!answer) return answer.error();
  if (shared.output != "json")
    std::cout << fmt::format("{} has ended. On-call is told, with what waited for it.\n", these.ref);
  return outcome::done;
}

outcome list(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto rows = from->reader->mutes(!these.all);
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : rows) out.push_back(http::view(one));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  if (rows.empty()) {
    std::cout << (these.all ? "Nothing was ever muted.\n" : "Nothing is muted. --all shows what was.\n");
    return outcome::done;
  }
  std::size_t waiting = 0;
  std::vector<std::vector<std::string>> cells;
  const auto notices = from->reader->waiting_notices(instant::max());
  for (const auto& one : rows) {
    waiting = static_cast<std::size_t>(std::count_if(notices.begin(), notices.end(), [&](const waiting_notice& row) {
      return row.why == wait_reason::muted && row.by == one.ref;
    }));
    cells.push_back({one.ref, one.what, from->time(one.since),
                     one.ended_at ? "ended " + from->time(*one.ended_at) : from->time(one.until),
                     std::to_string(waiting), one.by, one.why});
  }
  std::cout << as_table({"MUTE", "WHAT", "SINCE", "UNTIL", "WAIT", "BY", "WHY"}, cells);
  return outcome::done;
}

void add_mutes(CLI::App& root, context& shared, const std::shared_ptr<wishes>& these) {
  auto* verb = root.add_subcommand("mutes", "what is muted, and ending it early");
  verb->footer("Examples:\n  forewarn mutes list\n  forewarn mutes end M-2026-0003 --why 'the drill is over'");
  verb->require_subcommand(1);
  verb->fallthrough();

  auto* listing = verb->add_subcommand("list", "those that stand, the newest first");
  listing->footer("Example: forewarn mutes list --all -o json");
  listing->fallthrough();
  listing->add_flag("--all", these->all, "also those that have ended");
  listing->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* ending = verb->add_subcommand("end", "ends one before its time; on-call is told with what waited");
  ending->footer("Example: forewarn mutes end M-2026-0003 --by 'the duty manager' --why 'the drill is over'");
  ending->fallthrough();
  ending->add_option("REF", these->ref, "reference, as in the list")->required();
  ending->add_option("--by", these->by, "who says so; default: --who, or you")->type_name("NAME");
  add_reason(*ending, these->reason);
  ending->callback([these, &shared] { shared.result = end(*these, shared); });
}

} // namespace

void add_mute(CLI::App& root, context& shared) {
  const auto these = std::make_shared<wishes>();
  auto* verb = root.add_subcommand("mute", "holds back the notices of a rule, a site or a series for a while");
  verb->footer(
      "Examples:\n"
      "  forewarn mute opioid-callouts-ward --until 2026-03-02T08:00 --by 'the duty manager' --why 'known cluster'\n"
      "  forewarn mute 'Example hostel' --until 12h --by 'the duty manager' --why 'fire drill'\n"
      "  forewarn mute opioid-callouts-ward ward=Armley --until 2d --by 'the duty manager' --why 'in hand'\n"
      "What is muted is recorded and shown, red signals too, and told when the mute ends.");
  verb->fallthrough();
  verb->add_option("WHAT", these->what, "a rule, a site, a series (ward=Armley), a rule and a series, or a signal")
      ->required();
  verb->add_option("--until", these->until, "when it ends: a time, or a duration such as 12h; 90 days at most")
      ->required()
      ->type_name("TIME");
  verb->add_option("--by", these->by, "who says so; default: --who, or you")->type_name("NAME");
  add_reason(*verb, these->reason);
  verb->callback([these, &shared] { shared.result = set(*these, shared); });
  add_mutes(root, shared, these);
}

} // namespace forewarn::commands
