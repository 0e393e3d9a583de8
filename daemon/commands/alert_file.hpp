// SPDX-License-Identifier: Apache-2.0
// An alert from a file or standard input, as `forewarn alerts show REF -o json` prints it.
#pragma once

#include "forewarn/alert.hpp"

#include <optional>
#include <string>

namespace forewarn::commands {

// "-" is standard input. Nothing after saying on stderr what was wrong.
[[nodiscard]] std::optional<alert> read_alert(const std::string& path);

} // namespace forewarn::commands
