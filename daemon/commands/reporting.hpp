// SPDX-License-Identifier: Apache-2.0
// The verbs of the reports; see command.hpp.
#pragma once

#include "daemon/commands/command.hpp"

namespace forewarn::commands {

void add_figures(CLI::App& root, context& shared); // figures board|week|callouts|bulletin|enter
void add_lessons(CLI::App& root, context& shared); // lessons add|done|list

} // namespace forewarn::commands
