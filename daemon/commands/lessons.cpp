// SPDX-License-Identifier: Apache-2.0
// `forewarn lessons`: what was learnt, who sees to it, by when, and whether it was done.
#include "daemon/commands/decide.hpp"
#include "daemon/commands/reporting.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/panel/fields.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/reporting/span.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string ref, text, owner, due, about, reason;
  bool all = false;
};

outcome list(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  auto rows = panel::of(*from->reader).lessons();
  std::erase_if(rows, [&](const panel::lesson& one) { return !these.all && one.done_at; });
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return std::pair{a.done_at.has_value(), a.due} < std::pair{b.done_at.has_value(), b.due};
  });
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : rows) out.push_back(panel::as_json(one));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  if (rows.empty()) {
    std::cout << (these.all ? "No lessons yet.\n" : "No lesson is open. --all shows those that are done.\n");
    return outcome::done;
  }
  const auto local = zone::named(from->settings.zone_name).value_or(zone::utc());
  const auto today = reporting::day_of(std::chrono::floor<duration>(std::chrono::system_clock::now()), local);
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : rows) {
    const auto state = one.done_at ? fmt::format("done {} by {}", reporting::day_of(*one.done_at, local), one.done_by)
                       : one.due < today ? std::string{"OVERDUE"}
                                         : std::string{"open"};
    cells.push_back({one.ref.str(), one.due, one.owner, state, one.about.empty() ? "-" : one.about, one.text});
  }
  std::cout << as_table({"REF", "DUE", "OWNER", "STATE", "ABOUT", "LESSON"}, cells);
  return outcome::done;
}

outcome add(const wishes& these, const context& shared) {
  const auto answer =
      decide(shared, "/v1/lessons", "-",
             {{"lesson", these.text}, {"owner", these.owner}, {"due", these.due}, {"about", these.about}});
  if (!answer) return answer.error();
  if (shared.output == "json") return outcome::done;
  const auto* ref = answer->if_contains("reference");
  std::cout << (ref == nullptr || !ref->is_string() ? std::string{"written down"} : std::string{ref->get_string()})
            << '\n';
  return outcome::done;
}

outcome finish(const wishes& these, const context& shared) {
  const auto answer = decide(shared, "/v1/lessons/" + these.ref + "/done", these.reason);
  if (!answer) return answer.error();
  if (shared.output != "json") std::cout << fmt::format("{} is done.\n", these.ref);
  return outcome::done;
}

} // namespace

void add_lessons(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("lessons", "what was learnt, who sees to it, by when");
  verb->footer(
      "Examples:\n  forewarn lessons add 'Send to night shelters as well' --owner 'duty desk' --due 2026-12-01\n"
      "  forewarn lessons list\n  forewarn lessons done L-2026-0003 --why 'added to services.d'");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();

  auto* adding = verb->add_subcommand("add", "writes one down; prints its reference");
  adding->footer("Example: forewarn lessons add 'Ask the laboratory for a telephone number at weekends' --owner "
                 "'the coordinator' --due 2026-12-01 --about FW-2026-0007");
  adding->fallthrough();
  adding->add_option("LESSON", these->text, "what to do otherwise")->required();
  adding->add_option("--owner", these->owner, "who sees to it: a role or a service rather than a name")->required();
  adding->add_option("--due", these->due, "by which day")->required()->type_name("YYYY-MM-DD");
  adding->add_option("--about", these->about, "the alert it was learnt from")->type_name("REF");
  adding->callback([these, &shared] { shared.result = add(*these, shared); });

  auto* finishing = verb->add_subcommand("done", "says that it was done, and how");
  finishing->footer("Example: forewarn lessons done L-2026-0003 --why 'added to services.d'");
  finishing->fallthrough();
  finishing->add_option("REF", these->ref, "reference, as in the list")->required();
  add_reason(*finishing, these->reason);
  finishing->callback([these, &shared] { shared.result = finish(*these, shared); });

  auto* listing = verb->add_subcommand("list", "those that are open, the first due first");
  listing->footer("Example: forewarn lessons list --all");
  listing->fallthrough();
  listing->add_flag("--all", these->all, "also those that are done");
  listing->callback([these, &shared] { shared.result = list(*these, shared); });
}

} // namespace forewarn::commands
