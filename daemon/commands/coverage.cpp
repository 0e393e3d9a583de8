// SPDX-License-Identifier: Apache-2.0
// `forewarn coverage`: which rules each feed feeds, and which rules are blind now, since when. Reads the configuration
// and, where there is one, the store; changes nothing.
#include "daemon/commands/command.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/rule_versions.hpp"
#include "daemon/settings.hpp"
#include "daemon/store/open.hpp"
#include "forewarn/text.hpp"
#include "forewarn/zone.hpp"
#include "rules/detect/periodic.hpp"
#include "rules/held_rules.hpp"
#include "rules/kept_counts.hpp"
#include "rules/look_back.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct feed_row {
  const connectors::feed* feed = nullptr;
  std::optional<instant> last_arrival, overdue_since;
  std::vector<std::string> rules;
};

enum class sight : std::uint8_t {
  sees,
  part_blind, // some of its feeds are silent
  blind,      // all of them are
  never,      // no feed brings what it observes
};
std::string_view to_words(sight how) {
  switch (how) {
  case sight::sees: return "sees";
  case sight::part_blind: return "part blind";
  case sight::blind: return "blind";
  case sight::never: return "blind: no feed";
  }
  return "sees";
}

struct rule_row {
  const rules::rule* rule = nullptr;
  std::vector<const feed_row*> feeds;
  sight how = sight::sees;
  std::optional<instant> since;
};

std::vector<feed_row> feeds_of(const configuration& all, const store_reader* from) {
  std::vector<feed_row> out;
  for (const auto& feed : all.feeds) out.push_back({&feed, {}, {}, {}});
  if (from == nullptr) return out;
  for (const auto& row : from->totals())
    for (auto& one : out)
      if (one.feed->id == row.feed) one.last_arrival = row.last_arrival;
  for (const auto& watch : from->feed_watches())
    for (auto& one : out)
      if (one.feed->id == watch.feed) one.overdue_since = watch.overdue_since;
  return out;
}

// A feed that never sent anything is as silent as one that is overdue.
bool is_silent(const feed_row& one, bool store_known) {
  return one.overdue_since || (store_known && !one.last_arrival);
}

std::vector<rule_row> rules_of(const configuration& all, std::vector<feed_row>& feeds, bool store_known) {
  std::vector<rule_row> out;
  for (const auto& rule : all.rules->rules) {
    rule_row row{&rule, {}, sight::sees, {}};
    for (auto& one : feeds)
      if (rules::observes(rule, one.feed->id, one.feed->kind)) {
        row.feeds.push_back(&one);
        one.rules.push_back(rule.id.str());
      }
    const auto silent = static_cast<std::size_t>(std::count_if(
        row.feeds.begin(), row.feeds.end(), [&](const feed_row* one) { return is_silent(*one, store_known); }));
    if (row.feeds.empty())
      row.how = sight::never;
    else if (silent == row.feeds.size())
      row.how = sight::blind;
    else if (silent > 0)
      row.how = sight::part_blind;
    // Blind since the last of its feeds fell silent; part blind since the first did.
    for (const auto* one : row.feeds)
      if (one->overdue_since && (!row.since || (row.how == sight::blind) == (*one->overdue_since > *row.since)))
        row.since = one->overdue_since;
    if (row.how == sight::sees) row.since.reset();
    out.push_back(std::move(row));
  }
  return out;
}

std::string names_of(const std::vector<const feed_row*>& feeds) {
  std::vector<std::string> out;
  for (const auto* one : feeds) out.push_back(one->feed->id.str());
  return out.empty() ? "-" : join(out, ", ");
}

// Rules by day or week look back further than most feeds keep records: by what they do, or why they can not.
std::vector<std::string> by_counts(const std::vector<rule_row>& rules, const reference_data& reference) {
  std::vector<std::string> out;
  for (const auto& one : rules) {
    const auto looks = rules::look_back(*one.rule);
    if (const auto lacks = rules::not_in_counts(*one.rule, reference); !lacks.empty()) {
      out.push_back(fmt::format("{} looks back {}, at records alone: what days counted, which outlives retention, does "
                                "not tell {}.",
                                one.rule->id.str(), spell_duration(looks), join_and(lacks)));
      continue;
    }
    if (!rules::counts_stand_in(*one.rule, reference)) continue;
    for (const auto* from : one.feeds)
      if (from->feed->retention && *from->feed->retention < looks)
        out.push_back(fmt::format("{} looks back {}, and feed {} keeps records for {}: of what is older it knows what "
                                  "each day counted.",
                                  one.rule->id.str(), spell_duration(looks), from->feed->id.str(),
                                  spell_duration(*from->feed->retention)));
  }
  return out;
}

void say(const std::vector<feed_row>& feeds, const std::vector<rule_row>& rules, const reference_data& reference,
         bool store_known) {
  const auto& local = reference.local_zone;
  const auto time = [&](const std::optional<instant>& at, const char* otherwise) {
    return at ? local.format(*at) : std::string{otherwise};
  };
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : feeds)
    rows.push_back({one.feed->id.str(), one.feed->kind.str(),
                    store_known ? time(one.last_arrival, "nothing yet") : std::string{"not known"},
                    one.overdue_since ? "overdue since " + local.format(*one.overdue_since) : std::string{"-"},
                    one.rules.empty() ? "no rule" : join(one.rules, ", ")});
  std::cout << as_table({"FEED", "KIND", "LAST ARRIVAL", "STATE", "FEEDS THE RULES"}, rows) << '\n';
  rows.clear();
  for (const auto& one : rules) {
    std::string state{to_words(one.how)};
    if (one.since) state += " since " + local.format(*one.since);
    if (const auto* made = std::get_if<rules::periodic_detector>(&one.rule->detector))
      state += fmt::format(" (after {} {} of a series)", rules::least_periods(*made),
                           made->every == rules::period_length::day ? "days" : "weeks");
    if (const auto* scan = std::get_if<rules::scan_detector>(&one.rule->detector))
      state += fmt::format(" (as each day ends, after {} days of a series)", scan->min_history);
    rows.push_back({one.rule->id.str(), std::string{forewarn::to_words(one.rule->status)}, state, names_of(one.feeds)});
  }
  std::cout << as_table({"RULE", "STATUS", "SIGHT", "FEEDS"}, rows);
  const auto far = by_counts(rules, reference);
  if (!far.empty()) std::cout << '\n';
  for (const auto& line : far) std::cout << line << '\n';
  if (!store_known) std::cout << "\nThere is no store yet: what has arrived is not known.\n";
}

void write(const std::vector<feed_row>& feeds, const std::vector<rule_row>& rules) {
  const auto time = [](const std::optional<instant>& at) {
    return at ? json::value(format_rfc3339(*at)) : json::value{};
  };
  json::array feed_rows, rule_rows;
  for (const auto& one : feeds)
    feed_rows.push_back({{"feed", one.feed->id.str()},
                         {"kind", one.feed->kind.str()},
                         {"last_arrival", time(one.last_arrival)},
                         {"overdue_since", time(one.overdue_since)},
                         {"rules", json::array(one.rules.begin(), one.rules.end())}});
  for (const auto& one : rules) {
    json::array names;
    for (const auto* feed : one.feeds) names.emplace_back(feed->feed->id.str());
    rule_rows.push_back({{"rule", one.rule->id.str()},
                         {"status", forewarn::to_words(one.rule->status)},
                         {"sight", to_words(one.how)},
                         {"blind", one.how == sight::blind || one.how == sight::never},
                         {"since", time(one.since)},
                         {"feeds", std::move(names)}});
  }
  std::cout << json::serialize(json::object{{"feeds", std::move(feed_rows)}, {"rules", std::move(rule_rows)}}) << '\n';
}

outcome run(const context& shared) {
  const auto all = load_configuration(shared.config_dir);
  if (!all.usable() || !all.rules) {
    std::cerr << render(all.found, all.sources);
    return outcome::failed;
  }
  auto opened = open_reader(all.settings.state_dir);
  const auto* from = opened ? opened->get() : nullptr;
  auto feeds = feeds_of(all, from);
  const auto rules = rules_of(all, feeds, from != nullptr);
  if (shared.output == "json")
    write(feeds, rules);
  else
    say(feeds, rules, *all.reference, from != nullptr);
  return outcome::done;
}

} // namespace

void add_coverage(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("coverage", "which rules each feed feeds, and which rules are blind now");
  verb->footer(
      "A rule that counts by day or week sees a series only after so much history; `forewarn outlook` says which\n"
      "series are warming up. Where a rule looks back further than a feed keeps records, a line says by what it does.\n"
      "A rule is blind where no feed brings what it observes, or all that do are overdue or "
      "never sent "
      "anything.\n"
      "Example: forewarn coverage --config etc");
  verb->fallthrough();
  verb->callback([&shared] { shared.result = run(shared); });
}

} // namespace forewarn::commands
