// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/stored.hpp"

#include "daemon/store/open.hpp"
#include "forewarn/zone.hpp"

#include <iostream>

namespace forewarn::commands {

std::string stored::time(instant at) const {
  return zone::named(settings.zone_name).value_or(zone::utc()).format(at);
}

std::optional<stored> open_stored(const context& shared) {
  problems found;
  std::vector<source_text> sources;
  auto settings = load_settings(shared.config_dir, found, sources);
  if (has_errors(found)) {
    std::cerr << render(found, sources);
    return {};
  }
  auto reader = open_reader(settings.state_dir);
  if (!reader) {
    std::cerr << "forewarn: " << reader.error() << '\n';
    return {};
  }
  return stored{std::move(settings), std::move(*reader)};
}

} // namespace forewarn::commands
