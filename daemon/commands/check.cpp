// SPDX-License-Identifier: Apache-2.0
// `forewarn check`: every problem of every rule file in one run, and each good rule said back in plain English. Without
// file names it looks at the whole configuration folder.
#include "daemon/commands/command.hpp"
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/reporting/indicators.hpp"
#include "daemon/retention/look_back.hpp"
#include "daemon/rule_forecast.hpp"
#include "daemon/store/open.hpp"
#include "daemon/tuning/lint.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <memory>
#include <tuple>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

std::string_view name_of(severity how) {
  switch (how) {
  case severity::error: return "error";
  case severity::warning: return "warning";
  case severity::advice: return "advice";
  }
  return "error";
}

boost::json::array problems_as_json(problems found) {
  std::stable_sort(found.begin(), found.end(), [](const problem& a, const problem& b) {
    return std::tie(a.path, a.at.line, a.at.column) < std::tie(b.path, b.at.line, b.at.column);
  });
  boost::json::array out;
  for (const auto& one : found)
    out.push_back({{"path", one.path},
                   {"line", one.at.line},
                   {"column", one.at.column},
                   {"length", one.at.length},
                   {"severity", name_of(one.how)},
                   {"code", one.code},
                   {"message", one.message}});
  return out;
}

boost::json::array rules_as_json(const std::vector<rules::rule>& all) {
  boost::json::array out;
  for (const auto& one : all)
    out.push_back({{"rule", one.id.str()},
                   {"title", one.title},
                   {"sentence", one.sentence},
                   {"hash", one.hash},
                   {"path", one.path},
                   {"line", one.at.line}});
  return out;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// Whether the feeds of the configuration folder keep their records as long as these rules look back.
void add_retention(rules_at_hand& read, const context& shared) {
  std::error_code error;
  if (!read.rules || !std::filesystem::exists(shared.config_dir / "feeds.d", error)) return;
  for (auto& one : retention::check(load_configuration(shared.config_dir).feeds, *read.rules))
    read.found.push_back(std::move(one));
}

// Where the whole folder is checked: services, the panel's matrices and clocks, and indicators. What is wrong there
// stops the daemon as well; settings, feeds, words and reference data were read with the rules.
void add_the_rest(rules_at_hand& read, const context& shared) {
  std::vector<std::string> parts;
  std::error_code error;
  for (const auto name : {std::string_view{"services.d"}, std::string_view{"grading"}, reporting::indicators_file})
    if (const auto path = shared.config_dir / name; std::filesystem::exists(path, error))
      parts.push_back(path.string());
  if (parts.empty()) return;
  const auto is_of_these = [&](const std::string& path) {
    return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) { return path.starts_with(part); });
  };
  auto all = load_configuration(shared.config_dir);
  for (auto& one : all.found)
    if (is_of_these(one.path)) read.found.push_back(std::move(one));
  for (auto& one : all.sources)
    if (is_of_these(one.path)) read.sources.push_back(std::move(one));
}

// What a reload would do to the signals that are open in the store; nothing where there is no store, or one that an
// older version wrote.
std::optional<rule_forecast> forecast_for(const rules_at_hand& read, const context& shared) {
  if (!read.rules || has_errors(read.found)) return {};
  problems wrong;
  std::vector<source_text> text;
  const auto folder = load_settings(shared.config_dir, wrong, text).state_dir;
  std::error_code error;
  if (has_errors(wrong) || !std::filesystem::exists(database_file(folder), error)) return {};
  const auto stored = open_reader(folder);
  if (!stored) {
    std::cerr << fmt::format("forewarn check: not held against the store: {}\n", stored.error());
    return {};
  }
  return forecast(read.rules, **stored);
}

struct wishes {
  std::vector<std::string> named;
  bool lint = false;
  std::string observations;
};

// Advice needs a past for most of what it says: the file named, or the store where there is one. False where what was
// named cannot be read.
bool add_advice(rules_at_hand& read, const context& shared, const wishes& these, const std::filesystem::path& config) {
  if (!read.rules) return true;
  problems unreadable;
  std::error_code error;
  std::vector<source_text> tests;
  if (std::filesystem::exists(config / "tests", error))
    tests = read_files(config / "tests", {".yaml", ".yml"}, unreadable);
  const auto add = [&](problems more) {
    read.found.insert(read.found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  add(tuning::lint_text(*read.rules, read.sources, tests));
  problems settings_wrong;
  std::vector<source_text> settings_text;
  const bool stored =
      these.observations.empty() &&
      std::filesystem::exists(database_file(load_settings(shared.config_dir, settings_wrong, settings_text).state_dir),
                              error);
  if (these.observations.empty() && !stored) {
    std::cerr << "forewarn check: without records only the text is looked at; name some with --observations FILE\n";
    return true;
  }
  const auto past = past_records(shared, these.observations);
  if (!past) return these.observations.empty();
  progress_bar progress{read.rules->rules.size(), "rules"};
  add(tuning::lint_past(read.rules, past->taken, past->turns, [&](std::size_t done) { progress.at(done); }));
  return true;
}

outcome outcome_of(const problems& found, bool lint) {
  if (has_errors(found)) return outcome::failed;
  const bool advice =
      std::any_of(found.begin(), found.end(), [](const problem& p) { return p.how == severity::advice; });
  return lint && advice ? outcome::advice_only : outcome::done;
}

outcome check(const context& shared, const wishes& these) {
  auto known = find_reference(shared, these.named);
  const auto config = known.config;
  auto read = read_rule_files(std::move(known), these.named);
  add_retention(read, shared);
  if (these.named.empty()) add_the_rest(read, shared);
  if (these.lint && !add_advice(read, shared, these, config)) return outcome::failed;
  const std::vector<rules::rule> none;
  const auto& good = read.rules ? read.rules->rules : none;
  const auto result = outcome_of(read.found, these.lint);
  const auto ahead = these.named.empty() ? forecast_for(read, shared) : std::nullopt;
  if (shared.output == "json") {
    boost::json::object out{{"rules", rules_as_json(good)}, {"problems", problems_as_json(read.found)}};
    if (ahead) out["reload"] = {{"rules", ahead->rules}, {"closes", ahead->closes}, {"opens", ahead->opens}};
    std::cout << boost::json::serialize(out) << '\n';
    return result;
  }
  std::cerr << render(read.found, read.sources);
  for (const auto& one : good) std::cout << fmt::format("{}: {}\n", one.id.str(), one.sentence);
  if (ahead)
    std::cout << fmt::format("Put in force now ({} new or changed): closes {}, opens {}\n",
                             counted(ahead->rules, "rule"), ahead->closes, ahead->opens);
  const auto errors = static_cast<std::size_t>(
      std::count_if(read.found.begin(), read.found.end(), [](const problem& p) { return p.how == severity::error; }));
  if (errors > 0)
    std::cerr << fmt::format("forewarn check: {}; {} without any\n", counted(errors, "error"),
                             counted(good.size(), "rule"));
  return result;
}

} // namespace

void add_check(CLI::App& root, context& shared) {
  const auto these = std::make_shared<wishes>();
  auto* verb =
      root.add_subcommand("check", "check rules, feeds and services; says each good rule back in plain English");
  verb->add_option("FILE", these->named, "rule files, or folders of them; default: the whole configuration folder");
  verb->add_flag("--lint", these->lint, "advice as well: what never occurs, never fires, fires too often, has no test");
  verb->add_option("--observations", these->observations, "with --lint: NDJSON; default: the store, where there is one")
      ->type_name("FILE");
  verb->footer("Examples:\n"
               "  forewarn check --config etc\n"
               "  forewarn check --config etc new-rules.yaml\n"
               "  forewarn check -o json | jq .problems\n"
               "  forewarn check --lint --observations past.ndjson.gz\n\n"
               "Exit code 0 when there is no error, 1 when there is one, 3 when --lint has advice only.");
  verb->fallthrough();
  verb->callback([&shared, these] { shared.result = check(shared, *these); });
}

} // namespace forewarn::commands
