// SPDX-License-Identifier: Apache-2.0
// An alert from a file or standard input, as `forewarn alerts show REF -o json` prints it; or by its reference.
#pragma once

#include "daemon/commands/command.hpp"
#include "forewarn/alert.hpp"

#include <optional>
#include <string>

namespace forewarn::commands {

// "-" is standard input. A file where there is one of that name, else the alert of that reference from the store.
// `version` 0 is the newest; of a file it must be the one that it holds. Nothing after saying on stderr what was wrong.
[[nodiscard]] std::optional<alert> find_alert(const std::string& what, int version, const context& shared);

} // namespace forewarn::commands
