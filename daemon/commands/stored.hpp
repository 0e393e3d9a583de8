// SPDX-License-Identifier: Apache-2.0
// How a verb gets at what is stored: the settings of the configuration folder, and a reader on their state folder.
// Works beside the daemon and without it.
#pragma once

#include "daemon/commands/command.hpp"
#include "daemon/settings.hpp"
#include "forewarn/store.hpp"

#include <memory>
#include <optional>

namespace forewarn::commands {

struct stored {
  forewarn::settings settings;
  std::unique_ptr<store_reader> reader;

  // "2026-03-01 12:00 GMT" in the configured zone.
  [[nodiscard]] std::string time(instant at) const;
};

// Nothing after saying on stderr what was wrong.
[[nodiscard]] std::optional<stored> open_stored(const context& shared);

} // namespace forewarn::commands
