// SPDX-License-Identifier: Apache-2.0
// `forewarn check`: every problem of every rule file in one run, and each good rule said back in plain English.
#include "daemon/commands/command.hpp"
#include "daemon/commands/rule_files.hpp"
#include "daemon/retention/look_back.hpp"

#include <algorithm>
#include <iostream>
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

outcome check(const context& shared, const std::vector<std::string>& named) {
  auto read = read_rule_files(shared, named);
  add_retention(read, shared);
  const std::vector<rules::rule> none;
  const auto& good = read.rules ? read.rules->rules : none;
  const auto result = has_errors(read.found) ? outcome::failed : outcome::done;
  if (shared.output == "json") {
    std::cout << boost::json::serialize(
                     boost::json::object{{"rules", rules_as_json(good)}, {"problems", problems_as_json(read.found)}})
              << '\n';
    return result;
  }
  std::cerr << render(read.found, read.sources);
  for (const auto& one : good) std::cout << fmt::format("{}: {}\n", one.id.str(), one.sentence);
  const auto errors = static_cast<std::size_t>(
      std::count_if(read.found.begin(), read.found.end(), [](const problem& p) { return p.how == severity::error; }));
  if (errors > 0)
    std::cerr << fmt::format("forewarn check: {}; {} without any\n", counted(errors, "error"),
                             counted(good.size(), "rule"));
  return result;
}

} // namespace

void add_check(CLI::App& root, context& shared) {
  auto named = std::make_shared<std::vector<std::string>>();
  auto* verb = root.add_subcommand("check", "check rule files; says each good rule back in plain English");
  verb->add_option("FILE", *named, "rule files, or folders of them; default: rules.d of the configuration folder");
  verb->footer("Examples:\n"
               "  forewarn check --config etc\n"
               "  forewarn check --config etc new-rules.yaml\n"
               "  forewarn check -o json | jq .problems\n\n"
               "Exit code 0 when there is no error, 1 when there is one.");
  verb->fallthrough();
  verb->callback([&shared, named] { shared.result = check(shared, *named); });
}

} // namespace forewarn::commands
