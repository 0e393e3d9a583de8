// SPDX-License-Identifier: Apache-2.0
// `forewarn reports`: what was entered, what is like it, and the reply to who reported it. Reading the whole of one
// goes through the daemon, which writes down who did.
#include "daemon/panel/reports.hpp"
#include "daemon/commands/client.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/decide.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/panel/fields.hpp"
#include "daemon/panel/policy.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string ref, reason = "to work on it", like, text;
  bool all = false;
  std::size_t limit = 100;
};

outcome list_like(const wishes& these, const context& shared, const stored& from) {
  const auto hits = panel::like(these.like, *from.reader);
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : hits)
      out.push_back({{"reference", one.ref},
                     {"what", one.what},
                     {"state", one.state},
                     {"at", format_rfc3339(one.at)},
                     {"alike", one.alike}});
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  if (hits.empty()) {
    std::cout << "Nothing like it was dealt with.\n";
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : hits)
    cells.push_back({one.ref, one.state, from.time(one.at), fmt::format("{:.0f}%", one.alike * 100), one.what});
  std::cout << as_table({"REF", "STATE", "WHEN", "ALIKE", "WHAT"}, cells);
  return outcome::done;
}

outcome list(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  if (!these.like.empty()) return list_like(these, shared, *from);
  page which;
  which.limit = these.limit;
  const auto rows = panel::of(*from->reader).reports(!these.all, which);
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : rows) out.push_back(panel::as_json(panel::without_confidences(one)));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  if (rows.empty()) {
    std::cout << (these.all ? "No reports yet.\n" : "No report waits. --all shows those accepted and declined.\n");
    return outcome::done;
  }
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : rows)
    cells.push_back({one.ref.str(), std::string{to_text(one.kind)}, std::string{to_text(one.state)},
                     from->time(one.received_at), one.assessment ? one.assessment->str() : "-",
                     panel::without_confidences(one).title});
  std::cout << as_table({"REF", "KIND", "STATE", "RECEIVED", "ASSESSMENT", "WHAT"}, cells);
  return outcome::done;
}

std::string word_for(const panel::policy* how, const std::string& part, std::string_view code) {
  if (how == nullptr) return std::string{code};
  const auto it = how->intelligence_words.find(part + '.' + std::string{code});
  return it == how->intelligence_words.end() ? std::string{code} : fmt::format("{} ({})", code, it->second);
}

void print(const panel::report& one, const context& shared, const stored& from) {
  const auto all = load_configuration(shared.config_dir);
  const auto* how = all.panel.get();
  std::cout << fmt::format("{}\n\nref          {}\nstate        {}\nreceived     {} by {}\n", one.title, one.ref.str(),
                           to_text(one.state), from.time(one.received_at), one.entered_by);
  const auto line = [](const char* name, const std::string& value) {
    if (!value.empty()) std::cout << fmt::format("{:<12} {}\n", name, value);
  };
  line("from",
       one.from == panel::origin::local ? one.organisation : fmt::format("{} {}", to_text(one.from), one.outside_ref));
  line("source", one.source);
  line("contact", one.contact);
  if (one.kind == panel::report_kind::intelligence) {
    line("source is", word_for(how, "source", to_text(one.source_is)));
    line("information", word_for(how, "information", to_text(one.information_is)));
  }
  line("handling",
       word_for(how, "handling", to_text(one.may_be_shared)) + (one.conditions.empty() ? "" : ": " + one.conditions));
  std::string words;
  for (const auto& id : one.substances) words += (words.empty() ? "" : ", ") + id.str();
  line("substances", words);
  words.clear();
  for (const auto& code : one.areas) words += (words.empty() ? "" : ", ") + code.str();
  line("areas", words);
  if (one.risk_to_life) line("risk", "to life, says the reporter");
  if (one.assessment) line("assessment", one.assessment->str());
  words.clear();
  for (const auto& ref : one.like) words += (words.empty() ? "" : ", ") + ref;
  line("like", words);
  if (one.replied_at) line("replied", fmt::format("{}, {}: {}", one.replied_by, from.time(*one.replied_at), one.reply));
  std::cout << '\n' << one.text << '\n';
  for (const auto& more : one.later)
    std::cout << fmt::format("\n{}, {}:\n{}\n", from.time(more.at), more.by, more.text);
}

outcome show(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto came = decide(shared, "/v1/reports/" + these.ref + "/read", these.reason);
  if (!came) return came.error();
  if (shared.output == "json") return outcome::done;
  panel::report one;
  std::string wrong;
  panel::read_fields(*came, one, wrong);
  print(one, shared, *from);
  return outcome::done;
}

outcome reply(const wishes& these, const context& shared) {
  const auto came = decide(shared, "/v1/reports/" + these.ref + "/reply", "-", {{"text", these.text}});
  if (!came) return came.error();
  if (shared.output != "json") std::cout << fmt::format("Written down: {} was replied to.\n", these.ref);
  return outcome::done;
}

} // namespace

void add_reports(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("reports", "what was reported to the panel, and what is like it");
  verb->footer("Examples:\n  forewarn reports list\n  forewarn reports --like 'yellow tablets diazepam'\n"
               "  forewarn reports show R-2026-0003\n  forewarn reports reply R-2026-0003 --text 'an alert went out'");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();

  auto* listing = verb->add_subcommand("list", "those that wait, the newest first; or those like some words");
  listing->footer("Example: forewarn reports list --like 'yellow tablets diazepam'");
  listing->fallthrough();
  listing->add_flag("--all", these->all, "also those accepted and declined");
  listing->add_option("--like", these->like, "reports and alerts that share these words")->type_name("TEXT");
  listing->add_option("--limit", these->limit, "at most so many")->capture_default_str()->check(CLI::Range(1, 100'000));
  listing->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* showing = verb->add_subcommand("show", "the whole of one; who read it, and why, is written down");
  showing->footer("Example: forewarn reports show R-2026-0003 --why 'panel call'");
  showing->fallthrough();
  showing->add_option("REF", these->ref, "reference, as in the list")->required();
  showing->add_option("--reason,--why", these->reason, "why you read it")->type_name("TEXT")->capture_default_str();
  showing->callback([these, &shared] { shared.result = show(*these, shared); });

  auto* replying = verb->add_subcommand("reply", "writes down what the reporter was told; sends nothing");
  replying->footer("Example: forewarn reports reply R-2026-0003 --text 'an alert went out today'");
  replying->fallthrough();
  replying->add_option("REF", these->ref, "reference, as in the list")->required();
  replying->add_option("--text", these->text, "what they were told")->required();
  replying->callback([these, &shared] { shared.result = reply(*these, shared); });
}

} // namespace forewarn::commands
