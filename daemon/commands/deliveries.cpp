// SPDX-License-Identifier: Apache-2.0
// `forewarn deliveries`: what was sent to whom, and what came of it. Looks at the store itself, so that looking works
// without the daemon; changes nothing.
#include "daemon/commands/command.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"

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
  std::size_t limit = 50;
};

json::value time_or_null(const std::optional<instant>& at) {
  if (!at) return nullptr;
  return json::value(format_rfc3339(*at));
}

json::object as_json(const due_delivery& one) {
  return {{"id", one.row.id.str()},
          {"type", one.message.type},
          {"about", one.message.about},
          {"subject", one.message.subject},
          {"service", one.row.service.str()},
          {"channel", one.row.channel},
          {"kind", to_text(one.row.kind)},
          {"state", to_text(one.row.state)},
          {"created_at", format_rfc3339(one.row.created_at)},
          {"due_at", format_rfc3339(one.row.due_at)},
          {"attempts", one.row.attempts},
          {"first_attempt_at", time_or_null(one.row.first_attempt_at)},
          {"settled_at", time_or_null(one.row.settled_at)},
          {"last_result", one.row.last_result}};
}

// What a person asks first: is it there, and if not, when is it tried again and why did it fail.
std::string standing(const due_delivery& one, const stored& from) {
  const auto& row = one.row;
  switch (row.state) {
  case delivery_state::due: return row.attempts == 0 ? "due" : fmt::format("again at {}", from.time(row.due_at));
  case delivery_state::delivered: return "delivered";
  case delivery_state::dead: return "dead: not tried any more";
  case delivery_state::disabled: return "disabled: the receiver said 410";
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
    for (const auto& one : rows) out.push_back(as_json(one));
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
    auto out = as_json(*one);
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

} // namespace

void add_deliveries(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("deliveries", "what was sent to whom, and what came of it");
  auto these = std::make_shared<wishes>();
  verb->require_subcommand(0, 1);
  verb->footer("Example: forewarn deliveries list --to duty-desk --state due");
  const auto add_list_options = [&](CLI::App* to) {
    to->add_option("--to", these->to, "of one service only")->type_name("SERVICE");
    to->add_option("--state", these->state, "due, delivered, dead or disabled")
        ->check(CLI::IsMember(all_spellings<delivery_state>()));
    to->add_option("--limit", these->limit, "the newest N")->capture_default_str()->check(CLI::Range(1, 100'000));
  };
  add_list_options(verb);
  verb->callback([verb, these, &shared] {
    if (verb->get_subcommands().empty()) shared.result = list(*these, shared);
  });

  auto* list_verb = verb->add_subcommand("list", "the newest deliveries, one line each");
  add_list_options(list_verb);
  list_verb->footer("Example: forewarn deliveries list --state dead -o json");
  list_verb->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* show_verb = verb->add_subcommand("show", "one delivery and the text that was sent");
  show_verb->add_option("id", these->id, "webhook-id, or the left part of a mail's Message-ID")->required();
  show_verb->footer("Example: forewarn deliveries show msg_2b1f");
  show_verb->callback([these, &shared] { shared.result = show(*these, shared); });
}

} // namespace forewarn::commands
