// SPDX-License-Identifier: Apache-2.0
// `forewarn config show`: every setting with the value in force. Secrets are files; their contents are never read here.
#include "daemon/commands/command.hpp"

#include "daemon/settings.hpp"

#include <iostream>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

outcome show(const context& shared) {
  problems found;
  std::vector<source_text> sources;
  const auto these = load_settings(shared.config_dir, found, sources);
  std::cerr << render(found, sources);
  if (has_errors(found)) return outcome::failed;
  const auto rows = show_settings(these);
  if (shared.output == "json") {
    boost::json::object out;
    for (const auto& row : rows) out[row.key] = row.value;
    std::cout << boost::json::serialize(out) << '\n';
    return outcome::done;
  }
  for (const auto& row : rows)
    std::cout << fmt::format("{:<22} {:<34} # {}\n", row.key + ':', row.value.empty() ? "-" : row.value, row.help);
  return outcome::done;
}

} // namespace

void add_config(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("config", "the settings in force");
  verb->require_subcommand(1);
  auto* inner = verb->add_subcommand("show", "every setting with its value; secrets are never shown");
  inner->footer("Example: forewarn config show --config etc");
  inner->fallthrough();
  verb->fallthrough();
  inner->callback([&shared] { shared.result = show(shared); });
}

} // namespace forewarn::commands
