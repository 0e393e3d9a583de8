// SPDX-License-Identifier: Apache-2.0
// Times as people write them on a command line or in a test: an instant with its offset, or a wall-clock time or day of
// the configured zone.
#pragma once

#include "forewarn/zone.hpp"

#include <optional>
#include <string>

namespace forewarn {

// "2026-03-01T10:00:00Z", "2026-03-01T10:00" or "2026-03-01".
[[nodiscard]] std::optional<instant> read_time(const std::string& text, const zone& local);

} // namespace forewarn
