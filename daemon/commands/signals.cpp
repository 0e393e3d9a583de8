// SPDX-License-Identifier: Apache-2.0
// `forewarn signals`: what the rules have found, with the records behind it. Reads the store; changes nothing.
#include "daemon/alerting/after_signal.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/note_read.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/http/views.hpp"
#include "rules/backtest.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  bool open_only = false;
  std::string after;
  std::size_t limit = 100;
  std::string id;
  bool references = false;
  std::string reason = "to trace records back";
};

// Places and drugs by name; by code where the configuration folder cannot be read.
class series_words {
public:
  explicit series_words(const context& shared) {
    problems unread;
    std::vector<source_text> sources;
    known_ = load_reference(shared.config_dir, unread, sources);
  }
  std::string operator()(const series_key& series) const { return rules::series_text(series, *known_); }

private:
  std::shared_ptr<const reference_data> known_;
};

std::string state_words(const signal& one, const stored& from) {
  if (one.retrospective) return "told late, never open";
  if (!one.closed_at) return one.held ? "open, held: a feed is overdue" : "open";
  std::string why{one.close_reason ? to_text(*one.close_reason) : "closed"};
  return fmt::format("{} {}{}", why, from.time(*one.closed_at), one.contradicted ? ", contradicted since" : "");
}

zone zone_of(const stored& from) {
  return zone::named(from.settings.zone_name).value_or(zone::utc());
}

// "notice waits: quiet hours until ...".
std::string waiting_words(const std::vector<waiting_notice>& waited, const stored& from) {
  if (waited.empty() || waited.back().ended_at) return {};
  const auto& one = waited.back();
  return "; notice waits: " + alerting::spell_wait(one.why, one.by, one.until, zone_of(from));
}

void print_waited(const std::vector<waiting_notice>& waited, const stored& from) {
  for (const auto& one : waited) {
    const auto end = one.ended_at ? fmt::format("; ended {}: {}", from.time(*one.ended_at), one.how) : std::string{};
    std::cout << fmt::format("waited    since {}: {}{}\n", from.time(one.since),
                             alerting::spell_wait(one.why, one.by, one.until, zone_of(from)), end);
  }
}

outcome list(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  if (!these.after.empty() && !from->reader->signal_by_id(signal_id{these.after})) {
    std::cerr << fmt::format("forewarn: --after: no signal '{}'; `forewarn signals list` shows those there are\n",
                             these.after);
    return outcome::failed;
  }
  const auto found = from->reader->signals(these.open_only, {.limit = these.limit, .after_id = these.after});
  if (shared.output == "json") {
    json::array out;
    for (const auto& one : found)
      out.push_back(http::view(one, from->reader->evidence(one.id), from->reader->waiting_notices_of(one.id)));
    std::cout << json::serialize(out) << '\n';
    return outcome::done;
  }
  if (found.empty()) {
    std::cout << (these.open_only ? "No signal is open.\n" : "No signals yet.\n");
    return outcome::done;
  }
  const series_words named{shared};
  std::vector<std::vector<std::string>> cells;
  for (const auto& one : found)
    cells.push_back({one.id.str(), std::string{to_text(one.level)}, one.rule.str(), named(one.series),
                     fmt::format("{:g} of {:g}", one.value, one.bound), from->time(one.opened_at),
                     state_words(one, *from) + waiting_words(from->reader->waiting_notices_of(one.id), *from)});
  std::cout << as_table({"SIGNAL", "LEVEL", "RULE", "SERIES", "VALUE", "OPENED", "STATE"}, cells);
  if (found.size() == these.limit)
    std::cerr << fmt::format("forewarn: these are the newest {}; older ones: --after {}\n", found.size(),
                             found.back().id.str());
  return outcome::done;
}

void print(const signal& one, const std::string& series, const std::vector<observation_key>& evidence,
           const stored& from, bool references) {
  std::cout << fmt::format("signal    {}\nrule      {}\nseries    {}\nlevel     {}\nstate     {}\nopened    {}\n"
                           "value     {:g} (bound {:g})\nwindow    after {}, up to {}\n",
                           one.id.str(), one.rule.str(), series, to_text(one.level), state_words(one, from),
                           from.time(one.opened_at), one.value, one.bound, from.time(one.window.from),
                           from.time(one.window.to));
  for (const auto& change : one.changes)
    std::cout << fmt::format("changed   {}: {} at {:g}\n", from.time(change.at), to_text(change.level), change.value);
  print_waited(from.reader->waiting_notices_of(one.id), from);
  std::cout << fmt::format("evidence  {} records\n", evidence.size());
  for (const auto& key : evidence) {
    const auto record = from.reader->latest(key);
    std::cout << fmt::format("  {:<24} {}{}\n", key.str(), record ? from.time(record->occurred_at) : "",
                             record && record->withdrawn ? "  withdrawn since" : "");
    if (!references) continue;
    const auto sealed = from.reader->partner_reference(key);
    std::cout << "    " << (sealed ? *sealed : "no reference is kept of this record") << '\n';
  }
}

outcome show(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto one = from->reader->signal_by_id(signal_id{these.id});
  if (!one) {
    std::cerr << fmt::format("forewarn: no signal '{}'; `forewarn signals list` shows those there are\n", these.id);
    return outcome::failed;
  }
  if (these.references && !note_read(shared, "references", one->id.str(), these.reason)) return outcome::failed;
  const auto evidence = from->reader->evidence(one->id);
  if (shared.output == "json")
    std::cout << json::serialize(http::view(*one, evidence, from->reader->waiting_notices_of(one->id))) << '\n';
  else
    print(*one, series_words{shared}(one->series), evidence, *from, these.references);
  return outcome::done;
}

} // namespace

void add_signals(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("signals", "what the rules have found");
  verb->footer("Examples:\n  forewarn signals list --open\n  forewarn signals show S-4f1k2m9q0zab");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();

  auto* listing = verb->add_subcommand("list", "the newest first");
  listing->footer("Example: forewarn signals list --open -o json");
  listing->fallthrough();
  listing->add_flag("--open", these->open_only, "only those that are open now");
  listing->add_option("--limit", these->limit, "at most so many")->capture_default_str()->check(CLI::Range(1, 100'000));
  listing->add_option("--after", these->after, "go on after this signal, towards older ones")->type_name("ID");
  listing->callback([these, &shared] { shared.result = list(*these, shared); });

  auto* showing = verb->add_subcommand("show", "one signal with the records behind it");
  showing->footer("Example: forewarn signals show S-4f1k2m9q0zab");
  showing->fallthrough();
  showing->add_option("ID", these->id, "as in the list")->required();
  showing->add_flag("--references", these->references,
                    "with each record's sealed reference, which its partner alone can read: `feeds unseal`. Who "
                    "asked for them is written down");
  showing->add_option("--reason,--why", these->reason, "why you read the references")->type_name("TEXT");
  showing->callback([these, &shared] { shared.result = show(*these, shared); });
}

} // namespace forewarn::commands
