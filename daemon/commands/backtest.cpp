// SPDX-License-Identifier: Apache-2.0
// forewarn backtest: what would these rules have found in that past?
#include "rules/backtest.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/commands/read_ahead.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/retention/kept_days.hpp"

#include <iostream>
#include <memory>

namespace forewarn::commands {
namespace {

struct asked {
  std::string rules, against, observations, from, to, format;
};

struct rule_sets {
  std::shared_ptr<const rules::rule_set> old_rules; // may be null
  std::shared_ptr<const rules::rule_set> rules;
};
struct reports {
  std::optional<rules::backtest_report> before;
  rules::backtest_report report;
};

std::optional<reports> over_a_file(const context& shared, const std::string& path, const rule_sets& by,
                                   rules::backtest_options options, std::vector<observation>& kept) {
  auto past = past_records(shared, path);
  if (!past) return {};
  options.turns = std::move(past->turns);
  options.purged = std::move(past->purged);
  kept = std::move(past->taken);
  progress_bar progress{kept.size() * (by.old_rules ? 2 : 1), "records"};
  reports out;
  if (by.old_rules) out.before = run_backtest(by.old_rules, kept, options, progress.from(0));
  out.report = run_backtest(by.rules, kept, options, progress.from(by.old_rules ? kept.size() : 0));
  return out;
}

// Record by record: a nation's year does not fit into memory.
std::optional<reports> over_the_store(const context& shared, const rule_sets& by, rules::backtest_options options) {
  const auto from = open_stored(shared);
  if (!from) {
    std::cerr << "forewarn: to ask about a file instead: --observations FILE.ndjson\n";
    return {};
  }
  reports out;
  from->reader->at_one_moment([&] {
    options.turns = from->reader->feed_turns(instant::min());
    options.purged = [&](rules::engine& to) { retention::tell_of_purged(*from->reader, to); };
    std::optional<rules::backtest_run> before;
    if (by.old_rules) before.emplace(by.old_rules, options);
    rules::backtest_run running{by.rules, options};
    progress_bar progress{static_cast<std::size_t>(from->reader->last_revision()), "records"};
    const auto tell = progress.from(0);
    std::size_t count = 0;
    each_revision_ahead(*from->reader, [&](const observation& one) {
      if (before) (void)before->take(one);
      (void)running.take(one);
      if (++count % 10'000 == 0 && tell) tell(count);
    });
    if (before) out.before = before->finish();
    out.report = running.finish();
  });
  return out;
}

outcome run(const context& shared, const asked& what) {
  auto known = find_reference(shared, what.rules.empty() ? std::vector<std::string>{} : std::vector{what.rules},
                              reading_for::past);
  const auto rules = rules_from(known, what.rules);
  if (!rules) return outcome::failed;
  known.found.clear(); // told once
  std::shared_ptr<const rules::rule_set> old_rules;
  if (!what.against.empty()) {
    old_rules = rules_from(known, what.against);
    if (!old_rules) return outcome::failed;
  }
  const auto& reference = known.data;
  rules::backtest_options options;
  if (!read_option_time("--from", what.from, reference->local_zone, options.from) ||
      !read_option_time("--to", what.to, reference->local_zone, options.to))
    return outcome::usage;
  const auto format = what.format.empty() ? shared.output : what.format;
  std::vector<observation> kept; // where the page draws them
  const auto found = what.observations.empty() && format != "html"
                         ? over_the_store(shared, {old_rules, rules}, options)
                         : over_a_file(shared, what.observations, {old_rules, rules}, options, kept);
  if (!found) return outcome::failed;
  const auto& report = found->report;
  std::optional<rules::backtest_diff> diff;
  if (found->before) {
    diff = compare(*found->before, report);
    diff->rules = rules::changed_rules(*old_rules, *rules);
  }
  if (format == "json")
    std::cout << to_json(report, diff.value_or(rules::backtest_diff{})) << '\n';
  else if (format == "html")
    std::cout << to_html(report, *rules, kept, diff);
  else
    std::cout << to_table(report, *reference, diff);
  return outcome::done;
}

} // namespace

void add_backtest(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("backtest", "Replays past observations through rules and shows the signals");
  const auto what = std::make_shared<asked>();
  verb->add_option("--rules", what->rules, "rule files: a folder or a file; default: CONFIG/rules.d")
      ->type_name("PATH");
  verb->add_option("--observations", what->observations,
                   "NDJSON, plain or gzipped; - is standard input; default: what the daemon's store holds")
      ->type_name("FILE");
  verb->add_option("--from", what->from, "leave out signals opened before; what happened before still counts")
      ->type_name("TIME");
  verb->add_option("--to", what->to, "stop there; what was received later is not known")->type_name("TIME");
  verb->add_option("--against", what->against, "compare with these older rules")->type_name("PATH");
  verb->add_option("--format", what->format, "table, json or html; default: as -o says")
      ->check(CLI::IsMember({"table", "json", "html"}));
  verb->footer("Examples:\n"
               "  forewarn backtest --rules etc/rules.d --observations past.ndjson.gz\n"
               "  forewarn backtest --rules new.yaml --against etc/rules.d --observations past.ndjson \\\n"
               "      --from 2026-01-01 --to 2026-03-31 --format json\n"
               "  forewarn backtest --rules etc/rules.d --observations past.ndjson.gz --format html > past.html\n"
               "  forewarn backtest --rules new.yaml --against etc/rules.d      # over the daemon's own past\n"
               "  forewarn export observations | forewarn backtest --observations -");
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
