// SPDX-License-Identifier: Apache-2.0
// `forewarn`: the frame of the command line. Every verb adds itself; this file knows their names and nothing else.
#include "daemon/commands/command.hpp"
#include "daemon/commands/reporting.hpp"
#include "daemon/configuration/default_folder.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

std::string caller() {
  for (const auto* name : {"SUDO_USER", "USER", "LOGNAME"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') // NOLINT(concurrency-mt-unsafe)
      return value;
  return {};
}

void add_verbs(CLI::App& root, forewarn::commands::context& shared) {
#define FOREWARN_VERB(name) forewarn::commands::add_##name(root, shared);
#include "verbs.inc" // one line per file of this folder, written by CMake
#undef FOREWARN_VERB
}

const CLI::App* subcommand(const CLI::App& of, const std::string& name) {
  for (const auto* verb : of.get_subcommands([](const CLI::App*) { return true; }))
    if (verb->get_name() == name) return verb;
  return nullptr;
}

bool takes_a_value(const std::string& word) {
  return word == "--config" || word == "-o" || word == "--output" || word == "--who";
}

// How far the words of a command line name verbs.
struct named {
  const CLI::App* verb = nullptr;
  std::string path;        // "forewarn rules"
  std::string unknown;     // the first word where a verb should stand and none does
  bool wants_verb = false; // `verb` has verbs of its own, and none of them was named
};

named find_verb(const CLI::App& root, const std::vector<std::string>& words) {
  named out{&root, root.get_name(), {}, true};
  for (std::size_t at = 0; at < words.size(); at += takes_a_value(words[at]) ? 2 : 1) {
    if (words[at].starts_with("-")) continue;
    const auto* verb = subcommand(*out.verb, words[at]);
    if (verb == nullptr) {
      out.unknown = words[at];
      return out;
    }
    out.verb = verb;
    out.path += ' ' + words[at];
    out.wants_verb = !verb->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (!out.wants_verb) return out;
  }
  return out;
}

void complain(const named& said, const CLI::ParseError& wrong) {
  if (!said.wants_verb) {
    std::cerr << said.path << ": " << wrong.what() << "; see `" << said.path << " --help`\n";
    return;
  }
  std::vector<std::string> verbs;
  for (const auto* verb : said.verb->get_subcommands([](const CLI::App*) { return true; }))
    verbs.push_back(verb->get_name());
  if (said.unknown.empty())
    std::cerr << said.path << ": say what to do";
  else
    std::cerr << said.path << ": there is no verb '" << said.unknown << "'"
              << forewarn::suggestion(said.unknown, verbs);
  std::cerr << "\nIt has: " << forewarn::join(verbs, ", ") << ". `" << said.path << " --help` says what each does.\n";
}

// `forewarn signals` means `forewarn signals list`: a verb that can list does so when nothing else is said.
std::vector<std::string> with_listing(const CLI::App& root, std::vector<std::string> words) {
  std::size_t at = 0;
  while (at < words.size() && words[at].starts_with("-")) at += takes_a_value(words[at]) ? 2 : 1;
  if (at >= words.size()) return words;
  const auto* verb = subcommand(root, words[at]);
  if (verb == nullptr || subcommand(*verb, "list") == nullptr) return words;
  const auto rest = words.begin() + static_cast<std::ptrdiff_t>(at) + 1;
  const bool said = std::any_of(rest, words.end(), [&](const std::string& word) {
    return word == "-h" || word == "--help" || subcommand(*verb, word) != nullptr;
  });
  const bool only_options = rest == words.end() || rest->starts_with("-");
  if (!said && only_options) words.insert(rest, "list");
  return words;
}

int run(int count, char** words) {
  forewarn::commands::context shared;
  shared.who = caller();
  shared.config_dir = forewarn::default_config_dir();
  CLI::App root{"Works with a Forewarn early-warning daemon: check rules, look at feeds, handle alerts.", "forewarn"};
  root.footer("Examples:\n"
              "  forewarn check --config etc\n"
              "  forewarn feeds test ambulance calls.csv\n"
              "  forewarn assessments issue A-2026-0042 --reason 'three confirmed'\n\n"
              "Exit codes: 0 done, 1 it failed or found errors, 2 wrong usage, 3 advice only.\n"
              "`forewarn VERB --help` has an example for every verb.");
  root.add_option("--config", shared.config_dir, "configuration folder")->capture_default_str()->type_name("DIR");
  root.add_option("-o,--output", shared.output, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
  root.add_option("--who", shared.who, "the person on whose word something is decided; default: you")
      ->type_name("NAME");
  root.require_subcommand(1);
  root.fallthrough(); // global options may stand behind the verb, where people write them
  add_verbs(root, shared);
  const auto typed = with_listing(root, {words + 1, words + count});
  try {
    auto given = typed;
    std::reverse(given.begin(), given.end()); // the library takes them last first
    root.parse(std::move(given));
  } catch (const CLI::Success& asked) {
    return root.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    complain(find_verb(root, typed), wrong);
    return static_cast<int>(forewarn::commands::outcome::usage);
  }
  return static_cast<int>(shared.result);
}

} // namespace

int main(int count, char** words) {
  try {
    return run(count, words);
  } catch (const std::exception& broken) {
    std::cerr << "forewarn: " << broken.what() << '\n';
    return static_cast<int>(forewarn::commands::outcome::failed);
  }
}
