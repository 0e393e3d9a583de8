// SPDX-License-Identifier: Apache-2.0
// The parts of `forewarn alerts` that change an alert after it went out, and show what came of it.
#pragma once

#include "daemon/commands/command.hpp"

namespace forewarn::commands {

void add_alert_life(CLI::App& alerts, context& shared);

} // namespace forewarn::commands
