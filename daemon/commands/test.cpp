// SPDX-License-Identifier: Apache-2.0
// `forewarn test`: runs test files through the engine that runs live, and says what was expected and did not come.
#include "daemon/commands/command.hpp"
#include "daemon/commands/rule_files.hpp"
#include "daemon/rule_test/run.hpp"
#include "forewarn/markup.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

namespace forewarn::commands {
namespace {

namespace fs = std::filesystem;

struct asked {
  std::vector<std::string> files;
  std::string only, junit;
};

struct ran {
  std::string path;
  std::string name;
  std::vector<rule_test::test_failure> failures;
};

struct run_so_far {
  problems found;
  std::vector<source_text> sources;
  std::vector<ran> tests;
};

// The rules that a test file names, relative to itself. Only errors stop it: a rule may be shadow or lack advice.
std::shared_ptr<const rules::rule_set> rules_of(const rule_test::test_file& file, const reference_at_hand& known,
                                                run_so_far& to) {
  std::vector<std::string> named;
  for (const auto& one : file.rules)
    named.push_back((fs::path{file.path}.parent_path() / one).lexically_normal().string());
  auto read = read_rule_files(reference_at_hand{known.config, known.data, {}, {}}, named);
  std::erase_if(read.found, [](const problem& one) { return one.how != severity::error; });
  to.found.insert(to.found.end(), read.found.begin(), read.found.end());
  to.sources.insert(to.sources.end(), read.sources.begin(), read.sources.end());
  return has_errors(read.found) ? nullptr : read.rules;
}

// Services and words only where a test asks who is told. What is wrong with them is told once.
std::optional<rule_test::telling> telling_for(const rule_test::test_file& file, const reference_at_hand& known,
                                              run_so_far& to) {
  const bool asks = std::any_of(file.tests.begin(), file.tests.end(), [](const rule_test::test_case& one) {
    return !one.messages.empty() || !one.no_messages.empty();
  });
  if (!asks) return {};
  std::vector<source_text> files;
  if (file.services.empty()) files = read_files(known.config / "services.d", {".yaml", ".yml"}, to.found);
  for (const auto& one : file.services)
    for (auto& text :
         read_files((fs::path{file.path}.parent_path() / one).lexically_normal(), {".yaml", ".yml"}, to.found))
      files.push_back(std::move(text));
  auto services = alerting::load_services(files, *known.data);
  auto words = alerting::load_words(read_files(known.config / "templates", {".mustache", ".yaml", ".yml"}, to.found));
  for (auto* found : {&services.found, &words.found})
    for (auto& one : *found)
      if (one.how == severity::error) to.found.push_back(std::move(one));
  return rule_test::telling{std::make_shared<const alerting::service_book>(std::move(services.book)),
                            std::make_shared<const alerting::word_book>(std::move(words.book)), "FW"};
}

void run_file(const source_text& text, const reference_at_hand& known, const RE2& only, run_so_far& to) {
  problems found;
  const auto file = rule_test::read_tests(text, *known.data, found);
  to.found.insert(to.found.end(), found.begin(), found.end());
  to.sources.push_back(text);
  if (has_errors(found)) return;
  const auto rules = rules_of(file, known, to);
  if (rules == nullptr) return;
  const auto with = telling_for(file, known, to);
  for (const auto& test : file.tests)
    if (RE2::PartialMatch(test.name, only))
      to.tests.push_back({text.path, test.name, rule_test::run(test, rules, with ? &*with : nullptr)});
}

std::string as_junit(const run_so_far& all, std::size_t failed) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuite name=\"forewarn test\" tests=\"{}\" failures=\"{}\">\n", all.tests.size(), failed);
  for (const auto& test : all.tests) {
    out +=
        fmt::format("  <testcase classname=\"{}\" name=\"{}\">", escaped_markup(test.path), escaped_markup(test.name));
    for (const auto& one : test.failures)
      out += fmt::format("\n    <failure message=\"{}\">{}:{}: got: {}</failure>",
                         escaped_markup("expected: " + one.expected), escaped_markup(test.path), one.at.line,
                         escaped_markup(one.got));
    out += test.failures.empty() ? "</testcase>\n" : "\n  </testcase>\n";
  }
  return out + "</testsuite>\n";
}

void say(const run_so_far& all, std::size_t failed, const context& shared) {
  if (shared.output == "json") {
    boost::json::array tests;
    for (const auto& test : all.tests) {
      boost::json::array failures;
      for (const auto& one : test.failures)
        failures.push_back({{"line", one.at.line}, {"expected", one.expected}, {"got", one.got}});
      tests.push_back({{"file", test.path}, {"test", test.name}, {"failures", std::move(failures)}});
    }
    std::cout << boost::json::serialize(tests) << '\n';
    return;
  }
  for (const auto& test : all.tests)
    for (const auto& one : test.failures)
      std::cout << fmt::format("{}:{}: {}\n  expected: {}\n       got: {}\n", test.path, one.at.line, test.name,
                               one.expected, one.got);
  std::cout << fmt::format("{} of {} tests passed\n", all.tests.size() - failed, all.tests.size());
}

outcome run(const context& shared, asked what) {
  const RE2 only{what.only, RE2::Quiet};
  if (!only.ok()) {
    std::cerr << fmt::format("forewarn test: --run '{}' is no regular expression: {}\n", what.only, only.error());
    return outcome::usage;
  }
  auto known = find_reference(shared, what.files, reading_for::past);
  run_so_far all;
  if (known.data == nullptr) {
    std::cerr << render(known.found, known.sources);
    return outcome::failed;
  }
  if (what.files.empty()) what.files.push_back((known.config / "tests").string());
  for (const auto& path : what.files)
    for (const auto& text : read_files(path, {".yaml", ".yml"}, all.found)) run_file(text, known, only, all);
  std::size_t failed = 0;
  for (const auto& test : all.tests)
    if (!test.failures.empty()) ++failed;
  std::cerr << render(all.found, all.sources);
  say(all, failed, shared);
  if (!what.junit.empty()) {
    std::ofstream out{what.junit};
    out << as_junit(all, failed);
    if (!out.flush()) {
      std::cerr << fmt::format("forewarn test: cannot write '{}'\n", what.junit);
      return outcome::failed;
    }
  }
  if (all.tests.empty() && !has_errors(all.found)) std::cerr << "forewarn test: no test was run\n";
  return failed > 0 || has_errors(all.found) || all.tests.empty() ? outcome::failed : outcome::done;
}

} // namespace

void add_test(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("test", "Runs test files of rules: records in, signals expected");
  const auto what = std::make_shared<asked>();
  verb->add_option("FILE", what->files, "test files or folders of them; default: CONFIG/tests");
  verb->add_option("--run", what->only, "only tests whose name matches")->type_name("REGEX");
  verb->add_option("--junit", what->junit, "also write the results as JUnit XML")->type_name("XML");
  verb->footer("Exit code 1 where a test fails or a file cannot be read. docs/rules/testing.md shows the form.\n"
               "Examples:\n"
               "  forewarn test --config etc\n"
               "  forewarn test etc/tests/opioid-callouts-ward.yaml --run 'three in a day'");
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
