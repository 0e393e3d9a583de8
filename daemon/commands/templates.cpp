// SPDX-License-Identifier: Apache-2.0
// `forewarn templates render`: every rendering of one alert, so that words can be tried before they are needed.
#include "daemon/alerting/alert_json.hpp"
#include "daemon/alerting/words.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/settings.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

struct wishes {
  std::string file;
  std::string only;
};

std::optional<std::string> read_alert_file(const std::string& path) {
  if (path == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
  std::ifstream in{path, std::ios::binary};
  if (!in) return {};
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

outcome print(const message& written, const wishes& these, const context& shared) {
  if (shared.output == "json") {
    const boost::json::object out{{"subject", written.subject},
                                  {"text", written.text},
                                  {"html", written.html},
                                  {"webhook", boost::json::parse(written.json)}};
    std::cout << boost::json::serialize(out) << '\n';
    return outcome::done;
  }
  struct rendering {
    const char* name;
    const std::string& text;
  };
  for (const auto& [name, text] : {rendering{"subject", written.subject}, rendering{"text", written.text},
                                   rendering{"html", written.html}, rendering{"webhook", written.json}}) {
    if (!these.only.empty() && these.only != name) continue;
    if (these.only.empty()) std::cout << fmt::format("===== {} ({} bytes)\n", name, text.size());
    std::cout << text << (text.ends_with('\n') ? "" : "\n");
  }
  return outcome::done;
}

outcome render_file(const wishes& these, const context& shared) {
  const auto text = read_alert_file(these.file);
  if (!text) {
    std::cerr << fmt::format("forewarn: cannot read {}\n", these.file);
    return outcome::failed;
  }
  const auto one = alerting::parse_alert(*text);
  if (!one) {
    std::cerr << fmt::format("forewarn: {}: {}\n", these.file, one.error());
    return outcome::failed;
  }
  const auto all = load_configuration(shared.config_dir);
  if (!all.words || !all.reference || has_errors(all.found)) {
    std::cerr << render(all.found, all.sources);
    return outcome::failed;
  }
  const auto written =
      alerting::render_alert(*one, *all.words, *all.reference, one->issued_at.value_or(one->created_at));
  if (!written) {
    std::cerr << "forewarn: " << written.error() << '\n';
    return outcome::failed;
  }
  return print(*written, these, shared);
}

} // namespace

void add_templates(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("templates", "the words of alerts");
  verb->footer("Example: forewarn alerts show FW-2026-0007 -o json | forewarn templates render --alert -");
  verb->require_subcommand(1);
  verb->fallthrough();
  const auto these = std::make_shared<wishes>();
  auto* rendering = verb->add_subcommand("render", "every rendering of one alert: subject, text, HTML, webhook");
  rendering->footer("Example: forewarn templates render --alert alert.json --only text\n"
                    "The file holds an alert as `forewarn alerts show REF -o json` prints it, or a webhook's body.");
  rendering->fallthrough();
  rendering->add_option("--alert", these->file, "the alert as JSON; - reads it from standard input")
      ->required()
      ->type_name("FILE");
  rendering->add_option("--only", these->only, "one rendering")
      ->check(CLI::IsMember({"subject", "text", "html", "webhook"}));
  rendering->callback([these, &shared] { shared.result = render_file(*these, shared); });
}

} // namespace forewarn::commands
