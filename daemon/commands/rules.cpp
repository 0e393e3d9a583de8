// SPDX-License-Identifier: Apache-2.0
// `forewarn rules read [RULE]`: rules said back in plain English.
#include "daemon/commands/command.hpp"
#include "daemon/commands/rule_files.hpp"
#include "forewarn/text.hpp"
#include "rules/read/sentence.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

struct wishes {
  std::string rule;
  std::vector<std::string> files;
};

std::string_view name_of(rules::rule_status status) {
  switch (status) {
  case rules::rule_status::live: return "live";
  case rules::rule_status::shadow: return "shadow";
  case rules::rule_status::off: return "off";
  }
  return "live";
}

void say(const rules::rule& one) {
  std::cout << fmt::format("{}: {} ({})\n  {}\n", one.id.str(), one.title, name_of(one.status), one.sentence);
  for (const auto& more : rules::further_sentences(one)) std::cout << "  " << more << '\n';
  if (!one.why.empty()) std::cout << "  Why: " << one.why << '\n';
  if (!one.owner.empty()) std::cout << "  Owner: " << one.owner << '\n';
}

boost::json::object as_json(const rules::rule& one) {
  boost::json::array more;
  for (const auto& sentence : rules::further_sentences(one)) more.emplace_back(sentence);
  return {{"rule", one.id.str()}, {"title", one.title},       {"status", name_of(one.status)},
          {"owner", one.owner},   {"sentence", one.sentence}, {"further", std::move(more)},
          {"hash", one.hash}};
}

outcome read(const context& shared, const wishes& these) {
  const auto all = read_rule_files(shared, these.files);
  problems errors;
  for (const auto& one : all.found)
    if (one.how == severity::error) errors.push_back(one);
  std::cerr << render(errors, all.sources);

  std::vector<const rules::rule*> wanted;
  std::vector<std::string> ids;
  if (all.rules)
    for (const auto& one : all.rules->rules) {
      ids.push_back(one.id.str());
      if (these.rule.empty() || one.id.str() == these.rule) wanted.push_back(&one);
    }
  if (!these.rule.empty() && wanted.empty()) {
    std::cerr << fmt::format("forewarn rules read: no rule '{}' without errors{}\n", these.rule,
                             suggestion(these.rule, ids));
    return outcome::failed;
  }
  if (shared.output == "json") {
    boost::json::array out;
    for (const auto* one : wanted) out.push_back(as_json(*one));
    std::cout << boost::json::serialize(out) << '\n';
  } else {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (i > 0) std::cout << '\n';
      say(*wanted[i]);
    }
  }
  return errors.empty() ? outcome::done : outcome::failed;
}

} // namespace

void add_rules(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("rules", "the rules of this deployment");
  verb->require_subcommand(1);
  verb->fallthrough();
  verb->footer("Example: forewarn rules read opioid-callouts-ward");

  auto these = std::make_shared<wishes>();
  auto* inner = verb->add_subcommand("read", "say rules back in plain English");
  inner->add_option("RULE", these->rule, "the id of one rule; default: all");
  inner->add_option("--rules", these->files, "rule files, or folders of them; default: rules.d")->type_name("FILE|DIR");
  inner->footer("Examples:\n"
                "  forewarn rules read --config etc\n"
                "  forewarn rules read opioid-callouts-ward");
  inner->fallthrough();
  inner->callback([&shared, these] { shared.result = read(shared, *these); });
}

} // namespace forewarn::commands
