// SPDX-License-Identifier: Apache-2.0
// `forewarn rules read [RULE]`: rules said back in plain English; `rules history`: what they said before.
#include "daemon/commands/command.hpp"
#include "daemon/commands/rule_files.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/rule_versions.hpp"
#include "forewarn/text.hpp"
#include "rules/read/sentence.hpp"

#include <iostream>
#include <map>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

struct wishes {
  std::string rule;
  std::vector<std::string> files;
};

void say(const rules::rule& one) {
  std::cout << fmt::format("{}: {} ({})\n  {}\n", one.id.str(), one.title, to_words(one.status), one.sentence);
  for (const auto& more : rules::further_sentences(one)) std::cout << "  " << more << '\n';
  if (!one.why.empty()) std::cout << "  Why: " << one.why << '\n';
  if (!one.owner.empty()) std::cout << "  Owner: " << one.owner << '\n';
}

boost::json::object as_json(const rules::rule& one) {
  boost::json::array more;
  for (const auto& sentence : rules::further_sentences(one)) more.emplace_back(sentence);
  return {{"rule", one.id.str()}, {"title", one.title},       {"status", to_words(one.status)},
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

// ---- history

std::string said(const rule_version& one) {
  if (one.status == "gone") return "there is no such rule any more";
  return one.status == "live" ? one.sentence : fmt::format("({}) {}", one.status, one.sentence);
}

std::string what_changed(const rule_version& before, const rule_version& now) {
  if (now.status == "gone") return "removed";
  if (before.status == "gone") return "back";
  std::vector<std::string> out;
  if (before.status != now.status) out.push_back(fmt::format("from {} to {}", before.status, now.status));
  if (before.sentence != now.sentence)
    out.emplace_back("its sentence");
  else if (before.hash != now.hash)
    out.emplace_back("its meaning: the drugs or places that its words cover, or when its signals close");
  if (before.title != now.title) out.emplace_back("its title");
  if (before.owner != now.owner) out.push_back(fmt::format("its owner, from {} to {}", before.owner, now.owner));
  return join_and(out);
}

void say_version(const rule_version* before, const rule_version& now, const stored& from) {
  std::cout << fmt::format("{}  {}\n", from.time(now.at),
                           before == nullptr ? std::string{"first put in force"} : what_changed(*before, now));
  if (now.saved_at)
    std::cout << fmt::format("  file {}, saved {} by {}\n", now.path, from.time(*now.saved_at), now.saved_by);
  if (before != nullptr && said(*before) != said(now))
    std::cout << fmt::format("  before: {}\n  now:    {}\n", said(*before), said(now));
  else
    std::cout << fmt::format("  {}\n", said(now));
}

boost::json::object as_json(const rule_version& one) {
  return {{"rule", one.rule.str()},
          {"at", format_rfc3339(one.at)},
          {"status", one.status},
          {"hash", one.hash},
          {"sentence", one.sentence},
          {"title", one.title},
          {"owner", one.owner},
          {"path", one.path},
          {"saved_by", one.saved_by},
          {"saved_at", one.saved_at ? boost::json::value(format_rfc3339(*one.saved_at)) : boost::json::value{}}};
}

outcome history(const context& shared, const wishes& these) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto all = from->reader->rule_versions(these.rule.empty() ? std::optional<rule_id>{} : rule_id{these.rule});
  if (all.empty() && !these.rule.empty()) {
    std::vector<std::string> ids;
    for (const auto& one : from->reader->rule_versions({})) ids.push_back(one.rule.str());
    std::cerr << fmt::format("forewarn rules history: no rule '{}' was ever in force here{}\n", these.rule,
                             suggestion(these.rule, ids));
    return outcome::failed;
  }
  if (shared.output == "json") {
    boost::json::array out;
    for (const auto& one : all) out.push_back(as_json(one));
    std::cout << boost::json::serialize(out) << '\n';
    return outcome::done;
  }
  if (all.empty()) std::cout << "No rule was in force yet: the daemon writes this down when it starts.\n";
  std::map<rule_id, const rule_version*> last;
  for (const auto& one : all) {
    if (these.rule.empty()) std::cout << one.rule.str() << ", ";
    const auto before = last.find(one.rule);
    say_version(before == last.end() ? nullptr : before->second, one, *from);
    last[one.rule] = &one;
  }
  return outcome::done;
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

  auto* past = verb->add_subcommand("history", "what changed in a rule, when, in whose file, in its own words");
  past->add_option("RULE", these->rule, "the id of one rule; default: all");
  past->footer("Written down when the daemon starts or reloads with rules that differ from those before.\n"
               "Example: forewarn rules history opioid-callouts-ward");
  past->fallthrough();
  past->callback([&shared, these] { shared.result = history(shared, *these); });
}

} // namespace forewarn::commands
