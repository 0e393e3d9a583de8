// SPDX-License-Identifier: Apache-2.0
// forewarn backtest: what would these rules have found in that past?
#include "rules/backtest.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/progress.hpp"

#include <iostream>
#include <memory>

namespace forewarn::commands {
namespace {

struct asked {
  std::string rules, against, observations, from, to, format;
};

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
  auto past = past_records(shared, what.observations);
  if (!past) return outcome::failed;
  options.turns = std::move(past->turns);

  std::optional<rules::backtest_diff> diff;
  rules::backtest_report report;
  {
    progress_bar progress{past->taken.size() * (old_rules ? 2 : 1), "records"};
    std::optional<rules::backtest_report> before;
    if (old_rules) before = run_backtest(old_rules, past->taken, options, progress.from(0));
    report = run_backtest(rules, past->taken, options, progress.from(old_rules ? past->taken.size() : 0));
    if (before) {
      diff = compare(*before, report);
      diff->rules = rules::changed_rules(*old_rules, *rules);
    }
  }
  const auto format = what.format.empty() ? shared.output : what.format;
  if (format == "json")
    std::cout << to_json(report, diff.value_or(rules::backtest_diff{})) << '\n';
  else if (format == "html")
    std::cout << to_html(report, *rules, past->taken, diff);
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
  verb->add_option("--observations", what->observations, "NDJSON, plain or gzipped; - is standard input")
      ->required()
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
               "  forewarn export observations | forewarn backtest --observations -");
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
