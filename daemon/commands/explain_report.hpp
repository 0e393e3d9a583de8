// SPDX-License-Identifier: Apache-2.0
// `forewarn explain` of what no rule found: an alert or an assessment that rests on a report. Who said what and when,
// as the audit has it; nothing that the report keeps for the panel.
#pragma once

#include "daemon/commands/command.hpp"
#include "daemon/commands/stored.hpp"

#include <optional>
#include <string>

namespace forewarn::commands {

// `what`: an alert, an assessment or a report. Nothing where it is none that rests on a report.
[[nodiscard]] std::optional<outcome> explain_report(const context& shared, const stored& from, const std::string& what,
                                                    const std::optional<instant>& as_of);

} // namespace forewarn::commands
