// SPDX-License-Identifier: Apache-2.0
// `forewarn version`: what this is, for a bug report.
#include "daemon/commands/command.hpp"

#include <iostream>

#include <fmt/format.h>

namespace forewarn::commands {

void add_version(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("version", "the version of this program");
  verb->footer("Example: forewarn version -o json");
  verb->callback([&shared] {
    if (shared.output == "json")
      std::cout << fmt::format(R"({{"program":"forewarn","version":"{}"}})", FOREWARN_VERSION) << '\n';
    else
      std::cout << fmt::format("forewarn {}\n", FOREWARN_VERSION);
  });
}

} // namespace forewarn::commands
