// SPDX-License-Identifier: Apache-2.0
// How what a periodic rule found is shown: which records its period holds, and whether more of them may come.
#pragma once

#include "rules/plan.hpp"

#include "forewarn/signal.hpp"

namespace forewarn::rules {

// The window as every other detector has it, (from, to]: a period holds its first instant and not that of the next.
[[nodiscard]] time_window holding(const rule& by, const time_window& shown);

// Whether the rule expects less of the newest periods (`late: scaled`) and this was one of them: a week is waited for.
[[nodiscard]] bool is_provisional(const rule& by, const signal& found, instant now);

} // namespace forewarn::rules
