// SPDX-License-Identifier: Apache-2.0
// `forewarn templates`: every rendering of one alert, so that words can be tried before they are needed; and what the
// approved words and a person's own must not say.
#include "daemon/alerting/alert_json.hpp"
#include "daemon/commands/alert_file.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/settings.hpp"
#include "daemon/wording/disclosure.hpp"
#include "daemon/wording/gsm7.hpp"
#include "daemon/wording/linter.hpp"
#include "daemon/wording/renderings.hpp"
#include "forewarn/text.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;
using wording::rendering;

struct wishes {
  std::string file, as = "all", folder;
  int version = 0; // 0: the newest, or what the file holds
  std::string text;
  std::string audience = "services";
};

// What a file of each is called: `--out` writes them to be looked at.
std::string file_ending(rendering how) {
  switch (how) {
  case rendering::email: return "eml";
  case rendering::html:
  case rendering::poster: return "html";
  case rendering::json:
  case rendering::webhook: return "json";
  case rendering::cap:
  case rendering::atom: return "xml";
  case rendering::sms:
  case rendering::subject:
  case rendering::text: break;
  }
  return "txt";
}

std::string note_on(rendering how, const std::string& text) {
  if (how == rendering::sms)
    return fmt::format("{} septets, {} of {} parts", wording::septets(text), wording::segments(text), 3);
  if (how == rendering::subject) return fmt::format("{} characters of 78", utf8_length(text));
  return fmt::format("{} bytes", text.size());
}

outcome print_one(const alert& one, rendering how, const wording::press& with) {
  const auto text = wording::render_as(how, one, with);
  if (!text) {
    std::cerr << fmt::format("forewarn: {}: {}\n", to_text(how), text.error());
    return outcome::failed;
  }
  std::cout << *text << (text->ends_with('\n') ? "" : "\n");
  return outcome::done;
}

bool write_file(const std::filesystem::path& to, const std::string& text) {
  std::ofstream out{to, std::ios::binary};
  out << text;
  out.close();
  if (out) return true;
  std::cerr << fmt::format("forewarn: cannot write {}\n", to.string());
  return false;
}

// A poster that this alert must not have is no failure of the others, nor a CAP of one that nobody received.
bool may_lack(rendering how, const alert& one) {
  const bool out = one.state != alert_state::held && one.state != alert_state::stopped;
  return how == rendering::poster || (how == rendering::cap && !out);
}

outcome print_all(const alert& one, const wishes& these, const wording::press& with, const context& shared) {
  json::object printed;
  auto came = outcome::done;
  for (std::size_t i = 0; i < spelling_of<rendering>::words.size(); ++i) {
    const auto how = static_cast<rendering>(i);
    const std::string name{to_text(how)};
    const auto text = wording::render_as(how, one, with);
    if (!text && !may_lack(how, one)) came = outcome::failed;
    if (!text) {
      std::cerr << fmt::format("forewarn: no {}: {}\n", name, text.error());
      continue;
    }
    if (!these.folder.empty()) {
      const auto path = std::filesystem::path{these.folder} / (name + "." + file_ending(how));
      if (!write_file(path, *text)) return outcome::failed;
      std::cout << fmt::format("{} ({})\n", path.string(), note_on(how, *text));
    } else if (shared.output == "json")
      printed[name] = how == rendering::json || how == rendering::webhook ? json::parse(*text) : json::value(*text);
    else
      std::cout << fmt::format("===== {} ({})\n{}{}", name, note_on(how, *text), *text,
                               text->ends_with('\n') ? "" : "\n");
  }
  if (these.folder.empty() && shared.output == "json") std::cout << json::serialize(printed) << '\n';
  return came;
}

outcome render_file(const wishes& these, const context& shared) {
  const auto one = find_alert(these.file, these.version, shared);
  if (!one) return outcome::failed;
  const auto all = load_configuration(shared.config_dir);
  if (!all.words || !all.reference || has_errors(all.found)) {
    std::cerr << render(all.found, all.sources);
    return outcome::failed;
  }
  const wording::press with{*all.words, *all.reference, all.settings.smtp.from, "service@example.org"};
  if (!these.folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(these.folder, error);
  }
  if (these.as == "all") return print_all(*one, these, with, shared);
  return print_one(*one, from_text<rendering>(these.as).value_or(rendering::text), with);
}

outcome lint_alert(const wishes& these, const context& shared, const alerting::word_book& words) {
  const auto one = find_alert(these.file, 0, shared);
  if (!one) return outcome::failed;
  const auto found = wording::lint(*one, words);
  for (const auto& [part, what] : found)
    std::cout << fmt::format("{}: error[{}]: {}\n", part, what.code, wording::spell(what));
  return found.empty() ? outcome::done : outcome::failed;
}

outcome lint_words(const wishes& these, const alerting::word_book& words) {
  const auto to = from_text<audience>(these.audience).value_or(audience::services);
  const auto floor = wording::floor_of(wording::profile_of(to, words));
  const auto found = wording::lint_text(these.text, {.count_floor = floor, .names_are_public = false});
  for (const auto& what : found) std::cout << fmt::format("error[{}]: {}\n", what.code, wording::spell(what));
  return found.empty() ? outcome::done : outcome::failed;
}

// Loading the words lints them: their findings stand among the problems, with line and column.
outcome lint(const wishes& these, const context& shared) {
  const auto all = load_configuration(shared.config_dir);
  problems about_words;
  for (const auto& one : all.found)
    if (one.path.find("templates") != std::string::npos) about_words.push_back(one);
  std::cerr << render(about_words, all.sources);
  if (has_errors(about_words) || !all.words) return outcome::failed;
  const auto came = !these.file.empty()   ? lint_alert(these, shared, *all.words)
                    : !these.text.empty() ? lint_words(these, *all.words)
                                          : outcome::done;
  if (came == outcome::done)
    std::cout << "Nothing found. The linter knows words, not meaning: have a person read it too.\n";
  return came;
}

void add_render(CLI::App& verb, const std::shared_ptr<wishes>& these, context& shared) {
  auto* rendering = verb.add_subcommand("render", "every rendering of one alert");
  rendering->footer(
      "Examples:\n  forewarn templates render --alert alert.json --as sms\n"
      "  forewarn templates render --alert FW-2026-0007 --out renderings\n"
      "  forewarn templates render --alert FW-2026-0007 --version 1 --as text\n"
      "A file holds an alert as `forewarn alerts show REF -o json` prints it, or a webhook's body. A reference is "
      "looked "
      "up\nin the store. email is the whole message with its picture; poster is an A4 page for people who use drugs, "
      "only of an\nalert the panel released for them.");
  rendering->fallthrough();
  rendering->add_option("--alert", these->file, "the alert as JSON (- reads it from standard input), or its reference")
      ->required()
      ->type_name("FILE|REF");
  rendering->add_option("--version", these->version, "which version of it; default: the newest")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000));
  auto names = all_spellings<wording::rendering>();
  names.emplace_back("all");
  rendering->add_option("--as,--only", these->as, "one rendering: " + join_or(names))
      ->capture_default_str()
      ->check(CLI::IsMember(names));
  rendering->add_option("--out", these->folder, "write all as files into this folder instead")->type_name("DIR");
  rendering->callback([these, &shared] { shared.result = render_file(*these, shared); });
}

void add_lint(CLI::App& verb, const std::shared_ptr<wishes>& these, context& shared) {
  auto* linting =
      verb.add_subcommand("lint", "what no message may say: cause, persons, postcodes, praise, small counts");
  linting->footer("Examples:\n  forewarn templates lint\n  forewarn templates lint --alert alert.json\n"
                  "  forewarn templates lint --text 'two deaths due to a strong batch' --audience public\n"
                  "Without options it looks at the approved words and templates; `forewarn check` does so too.");
  linting->fallthrough();
  linting->add_option("--alert", these->file, "an alert as JSON (- reads it from standard input), or its reference")
      ->type_name("FILE|REF");
  linting->add_option("--text", these->text, "words of your own")->type_name("TEXT");
  linting->add_option("--audience", these->audience, "whose floor for counts --text is judged by")
      ->capture_default_str()
      ->check(CLI::IsMember(all_spellings<audience>()));
  linting->callback([these, &shared] { shared.result = lint(*these, shared); });
}

} // namespace

void add_templates(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("templates", "the words of alerts");
  verb->footer("Examples:\n  forewarn alerts show FW-2026-0007 -o json | forewarn templates render --alert -\n"
               "  forewarn templates lint");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();
  add_render(*verb, these, shared);
  add_lint(*verb, these, shared);
}

} // namespace forewarn::commands
