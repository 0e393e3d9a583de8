// SPDX-License-Identifier: Apache-2.0
// `forewarn complete -- WORDS`: what could stand where the cursor is, one per line, for the shell's completion. Walks
// the verbs and options as they are, so that completion never lags behind; feeds, rules and services come from the
// configuration folder. Not shown in the help; says nothing where it knows nothing.
#include "daemon/commands/command.hpp"

#include "daemon/settings.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <set>

namespace forewarn::commands {
namespace {

using words = std::vector<std::string>;

const CLI::App* verb_named(const CLI::App& of, const std::string& name) {
  for (const auto* one : of.get_subcommands([](const CLI::App*) { return true; }))
    if (one->get_name() == name) return one;
  return nullptr;
}

// An option that takes a value, on this verb or on one around it.
const CLI::Option* option_named(const CLI::App* at, const std::string& word) {
  for (; at != nullptr; at = at->get_parent())
    for (const auto* one : at->get_options())
      if (word.starts_with("-") && one->check_name(word)) return one;
  return nullptr;
}

std::vector<std::string> ids_for(const std::string& name, const std::filesystem::path& config_dir) {
  std::vector<std::string> out;
  if (name != "FEED" && name != "--feed" && name != "RULE" && name != "--rule" && name != "--why-not" &&
      name != "SERVICE" && name != "--to")
    return out;
  const auto all = load_configuration(config_dir);
  if (name == "FEED" || name == "--feed") {
    for (const auto& one : all.feeds) out.push_back(one.id.str());
  } else if (name == "RULE" || name == "--rule" || name == "--why-not") {
    if (all.rules)
      for (const auto& one : all.rules->rules) out.push_back(one.id.str());
  } else if (all.services) {
    for (const auto& one : all.services->services) out.push_back(one.id.str());
  }
  return out;
}

// The value an option wants: ids of what its name says, or its closed set.
std::vector<std::string> values_of(const CLI::Option& one, const std::filesystem::path& config_dir) {
  if (one.check_name("-o") || one.check_name("--output")) return {"table", "json"};
  for (const auto& name : one.get_lnames())
    if (auto ids = ids_for("--" + name, config_dir); !ids.empty()) return ids;
  return {};
}

std::vector<std::string> offered(const CLI::App& at, std::size_t positionals_given,
                                 const std::filesystem::path& config_dir) {
  std::vector<std::string> out;
  for (const auto* one : at.get_subcommands([](const CLI::App*) { return true; }))
    if (!one->get_group().empty()) out.push_back(one->get_name());
  std::size_t position = 0;
  for (const auto* one : at.get_options())
    if (one->get_positional() && position++ == positionals_given)
      for (auto& id : ids_for(one->get_name(true), config_dir)) out.push_back(std::move(id));
  for (const auto* around = &at; around != nullptr; around = around->get_parent())
    for (const auto* one : around->get_options())
      for (const auto& name : one->get_lnames()) out.push_back("--" + name);
  return out;
}

words complete(const CLI::App& root, words given, std::filesystem::path config_dir) {
  const auto prefix = given.empty() ? std::string{} : given.back();
  if (!given.empty()) given.pop_back();
  const CLI::App* at = &root;
  const CLI::Option* wants = nullptr;
  std::size_t positionals = 0;
  for (const auto& word : given) {
    if (wants != nullptr) {
      if (wants->check_name("--config")) config_dir = word;
      wants = nullptr;
    } else if (const auto* option = option_named(at, word)) {
      if (option->get_items_expected_min() > 0) wants = option;
    } else if (const auto* verb = verb_named(*at, word)) {
      at = verb;
      positionals = 0;
    } else {
      ++positionals;
    }
  }
  auto out = wants != nullptr ? values_of(*wants, config_dir) : offered(*at, positionals, config_dir);
  std::erase_if(out, [&](const std::string& one) {
    return !one.starts_with(prefix) || (one.starts_with("-") && !prefix.starts_with("-"));
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

} // namespace

void add_complete(CLI::App& root, context& shared) {
  const auto given = std::make_shared<words>();
  auto* verb = root.add_subcommand("complete", "for the shell: what could stand where the cursor is");
  verb->group(""); // not in the help
  verb->add_option("WORDS", *given, "words after `forewarn`, the last one unfinished");
  verb->footer("Example: forewarn complete -- feeds te");
  verb->callback([&root, &shared, given] {
    for (const auto& one : complete(root, *given, shared.config_dir)) std::cout << one << '\n';
  });
}

} // namespace forewarn::commands
