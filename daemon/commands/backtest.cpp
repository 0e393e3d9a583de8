// SPDX-License-Identifier: Apache-2.0
// forewarn backtest: what would these rules have found in that past?
#include "rules/backtest.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/observation_file.hpp"
#include "daemon/commands/rule_files.hpp"
#include "daemon/wall_clock.hpp"

#include <cstdio>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

namespace forewarn::commands {
namespace {

constexpr std::size_t complaints_shown = 20;

struct asked {
  std::string rules, against, observations, from, to, format;
};

std::shared_ptr<const rules::rule_set> rules_from(const reference_at_hand& known, const std::string& where) {
  auto read = read_rule_files(known, where.empty() ? std::vector<std::string>{} : std::vector{where});
  std::erase_if(read.found, [](const problem& one) { return one.how == severity::advice; });
  if (!read.found.empty()) std::cerr << render(read.found, read.sources);
  return has_errors(read.found) ? nullptr : read.rules;
}

bool read_time(const char* option, const std::string& text, const zone& local, std::optional<instant>& out) {
  if (text.empty()) return true;
  out = forewarn::read_time(text, local);
  if (!out)
    std::cerr << fmt::format("forewarn: {} '{}' is not a time such as 2026-03-01T10:00:00Z or 2026-03-01\n", option,
                             text);
  return out.has_value();
}

std::optional<observations_read> observations_from(const std::string& path) {
  std::size_t told = 0;
  auto read = read_observations(path, [&](const std::string& why) {
    if (++told <= complaints_shown) std::cerr << why << '\n';
  });
  if (!read) {
    std::cerr << "forewarn: " << read.error() << '\n';
    return {};
  }
  if (read->refused > complaints_shown)
    std::cerr << fmt::format("... and {} more lines\n", read->refused - complaints_shown);
  if (read->refused > 0)
    std::cerr << fmt::format("{} of {} lines could not be used\n", read->refused, read->refused + read->taken.size());
  if (read->taken.empty()) {
    std::cerr << fmt::format("forewarn: no observation could be read from {}\n", path == "-" ? "standard input" : path);
    return {};
  }
  return std::move(*read);
}

std::function<void(std::size_t)> progress_of(std::size_t total) {
  if (isatty(STDERR_FILENO) == 0) return {};
  return [total](std::size_t taken) { std::cerr << fmt::format("\r{} of {} records", taken, total) << std::flush; };
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
  if (!read_time("--from", what.from, reference->local_zone, options.from) ||
      !read_time("--to", what.to, reference->local_zone, options.to))
    return outcome::usage;
  auto observations = observations_from(what.observations);
  if (!observations) return outcome::failed;

  options.turns = std::move(observations->turns);
  const auto progress = progress_of(observations->taken.size());
  std::optional<rules::backtest_diff> diff;
  std::optional<rules::backtest_report> before;
  if (old_rules) before = run_backtest(old_rules, observations->taken, options, progress);
  const auto report = run_backtest(rules, std::move(observations->taken), options, progress);
  if (before) diff = compare(*before, report);
  if (progress) std::cerr << '\r' << std::string(40, ' ') << '\r';
  const bool as_json = what.format.empty() ? shared.output == "json" : what.format == "json";
  if (as_json)
    std::cout << to_json(report, diff.value_or(rules::backtest_diff{})) << '\n';
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
  verb->add_option("--format", what->format, "table or json; default: as -o says")
      ->check(CLI::IsMember({"table", "json"}));
  verb->footer("Examples:\n"
               "  forewarn backtest --rules etc/rules.d --observations past.ndjson.gz\n"
               "  forewarn backtest --rules new.yaml --against etc/rules.d --observations past.ndjson \\\n"
               "      --from 2026-01-01 --to 2026-03-31 --format json\n"
               "  forewarn export observations | forewarn backtest --observations -");
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
