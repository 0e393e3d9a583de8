// SPDX-License-Identifier: Apache-2.0
// Who looked at what is kept for few: written into the audit before it is shown, by the daemon or, where none runs,
// here.
#pragma once

#include "daemon/commands/command.hpp"

#include <string>

namespace forewarn::commands {

// False after saying on stderr why it could not be written down: then nothing is shown.
[[nodiscard]] bool note_read(const context& shared, const std::string& what, const std::string& about,
                             const std::string& reason);

} // namespace forewarn::commands
