// SPDX-License-Identifier: Apache-2.0
// `forewarn deliveries`: what was sent to whom, and what came of it. Looks at the store itself, so that looking works
// without the daemon; changes nothing.
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/commands/delivery_steps.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/http/views.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <memory>

namespace forewarn::commands {

namespace {

namespace json = boost::json;

struct wishes {
  std::string id;
  std::string to;
  std::string state;
  std::string since;
  std::string reason;
  std::size_t limit = 50;
};

// What a person asks first: is it there, and if not, when is it tried again and why did it fail.
std::string standing(const due_delivery& one, const stored& from) {
  const auto& row = one.row;
  switch (row.state) {
  case delivery_state::due: return row.attempts == 0 ? "due" : fmt::format("again at {}", from.time(row.due_at));
  case delivery_state::delivered: return "delivered";
  case delivery_state::dead: return "dead: not tried any more";
  case delivery_state::disabled: return "disabled: the receiver said 410";
  case delivery_state::in_digest: return "went out in a digest instead";
  }
  return std::string{to_text(row.state)};
}

std::vector<due_delivery> read(const wishes& these, const stored& from) {
  page which;
  which.limit = these.limit;
  const auto to = these.to.empty() ? std::optional<service_id>{} : service_id{these.to};
  std::vector<due_delivery> rows;
  for (;;) {
    auto some = from.reader->deliveries(to, which);
    const bool last = some.size() < which.limit;
    if (!some.empty()) which.after_id = some.back().row.id.str();
    for (auto& one : some)
      if (these.state.empty() || to_text(one.row.state) == these.state) rows.push_back(std::move(one));
    if (last || rows.size() >= these.limit) break;
  }
  if (rows.size() > these.limit) rows.resize(these.limit);
  return rows;
}

outcome list(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto rows = read(these, *from);
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : rows) out.push_back(http::view(one));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : rows)
    cells.push_back({from->time(one.row.created_at), one.message.type, one.message.about, one.row.service.str(),
                     one.row.channel, std::to_string(one.row.attempts), standing(one, *from), one.row.last_result,
                     one.row.id.str()});
  if (cells.empty())
    std::cout << "no deliveries\n";
  else
    std::cout << as_table({"created", "type", "about", "service", "channel", "tries", "state", "last result", "id"},
                          cells);
  return outcome::done;
}

outcome show(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto one = from->reader->delivery_by_id(message_id{these.id});
  if (!one) {
    std::cerr << fmt::format("forewarn deliveries: no delivery '{}'; `forewarn deliveries list` shows their ids\n",
                             these.id);
    return outcome::failed;
  }
  if (shared.output == "json") {
    auto out = http::view(*one);
    out["text"] = one->message.text;
    boost::system::error_code not_json;
    out["body"] = json::parse(one->message.json, not_json);
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  const auto& row = one->row;
  std::cout << fmt::format("{}\n  {:<14} {}\n  {:<14} {}\n  {:<14} {} by {} ({})\n  {:<14} {}\n  {:<14} {}\n",
                           row.id.str(), "type", one->message.type, "about", one->message.about, "to",
                           row.service.str(), row.channel, to_text(row.kind), "state", standing(*one, *from), "created",
                           from->time(row.created_at));
  std::cout << fmt::format("  {:<14} {}\n", "tries", row.attempts);
  if (row.first_attempt_at) std::cout << fmt::format("  {:<14} {}\n", "first try", from->time(*row.first_attempt_at));
  if (row.settled_at) std::cout << fmt::format("  {:<14} {}\n", "settled", from->time(*row.settled_at));
  if (!row.last_result.empty()) std::cout << fmt::format("  {:<14} {}\n", "last result", row.last_result);
  std::cout << fmt::format("\n{}\n\n{}\n", one->message.subject, one->message.text);
  return outcome::done;
}

// An instant, or how long ago: "2026-03-01T12:00:00Z" or "6h".
std::optional<instant> read_since(const std::string& text) {
  if (const auto at = parse_rfc3339(text)) return at;
  const auto ago = parse_duration(text);
  if (!ago) return {};
  return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now()) - *ago;
}

outcome replay(const wishes& these, const context& shared) {
  const bool one = !these.id.empty();
  if (one == !these.to.empty() || (!one && these.since.empty())) {
    std::cerr << "forewarn deliveries replay: name one delivery by its id, or a service and a time: --to SERVICE "
                 "--since TIME\n";
    return outcome::usage;
  }
  json::object more;
  if (!one) {
    const auto since = read_since(these.since);
    if (!since) {
      std::cerr << fmt::format("forewarn deliveries replay: --since '{}' is neither a time such as "
                               "2026-03-01T12:00:00Z nor a length such as 6h or 2d\n",
                               these.since);
      return outcome::usage;
    }
    more["since"] = format_rfc3339(*since);
    if (!these.state.empty()) more["state"] = these.state;
  }
  const auto target = one ? "/v1/deliveries/" + these.id + "/replay" : "/v1/services/" + these.to + "/replay";
  const auto answer = decide(shared, target, these.reason, std::move(more));
  if (!answer) return answer.error();
  if (shared.output == "json") return outcome::done;
  const auto count = [&](const char* key) {
    const auto* value = answer->if_contains(key);
    return value == nullptr || !value->is_int64() ? 0 : value->get_int64();
  };
  std::cout << fmt::format("{} on the way again, under the same ids; {} still waited and are left as they are. To see "
                           "them arrive: forewarn deliveries list\n",
                           count("again"), count("waiting"));
  return outcome::done;
}

} // namespace

void add_deliveries(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("deliveries", "what was sent to whom, and what came of it");
  verb->footer("Examples:\n  forewarn deliveries stuck\n  forewarn deliveries list --to duty-desk --state due\n"
               "  forewarn deliveries replay --to duty-desk --since 6h --reason 'their database was restored'");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();

  auto* listing = verb->add_subcommand("list", "the newest deliveries, one line each");
  listing->footer("Example: forewarn deliveries list --state dead -o json");
  listing->fallthrough();
  listing->add_option("--to", these->to, "of one service only")->type_name("SERVICE");
  listing->add_option("--state", these->state, "due, delivered, dead, disabled or in_digest")
      ->check(CLI::IsMember(all_spellings<delivery_state>()));
  listing->add_option("--limit", these->limit, "the newest N")->capture_default_str()->check(CLI::Range(1, 100'000));
  listing->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* showing = verb->add_subcommand("show", "one delivery and the text that was sent");
  showing->footer("Example: forewarn deliveries show msg_2b1f0c9ad3e84b7f9a6d5c4e3b2a1908");
  showing->fallthrough();
  showing->add_option("ID", these->id, "webhook-id, or the left part of a mail's Message-ID")->required();
  showing->callback([these, &shared] { shared.result = show(*these, shared); });

  auto* again = verb->add_subcommand("replay", "sends again, to one service and nobody else, under the same ids");
  again->footer("Examples:\n  forewarn deliveries replay --to duty-desk --since 2026-03-01T12:00:00Z --reason 'lost'\n"
                "  forewarn deliveries replay --to duty-desk --since 2d --state dead --reason 'it is back'\n"
                "  forewarn deliveries replay msg_2b1f0c9ad3e84b7f9a6d5c4e3b2a1908 --reason 'asked for by the desk'\n"
                "Whoever has a message already recognises it by its webhook-id or Message-ID.");
  again->fallthrough();
  again->add_option("ID", these->id, "one delivery");
  again->add_option("--to", these->to, "every delivery to this service ...")->type_name("SERVICE");
  again->add_option("--since", these->since, "... created since then: a time, or how long ago (6h, 2d)")
      ->type_name("TIME");
  again->add_option("--state", these->state, "only those delivered, dead or disabled")
      ->check(CLI::IsMember({"delivered", "dead", "disabled"}));
  add_reason(*again, these->reason);
  again->callback([these, &shared] { shared.result = replay(*these, shared); });

  add_delivery_steps(*verb, shared);
}

} // namespace forewarn::commands
