// SPDX-License-Identifier: Apache-2.0
// Instants that people name by the clock on the wall: the end of quiet hours, the next morning, the next Monday.
// Right on days of 23 and 25 hours: a time in the repeated hour is its first, one in the missing hour is the jump.
#pragma once

#include "forewarn/zone.hpp"
#include "rules/plan.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace forewarn::alerting {

// When the quiet hours that hold at `now` end; windows that meet are one. Nothing where none holds.
[[nodiscard]] std::optional<instant> quiet_until(const std::vector<rules::alert_plan::quiet_window>& quiet,
                                                 instant now);

// The first such time of day after `now`; of that weekday (0 = Monday) where one is given.
[[nodiscard]] instant next_time_of_day(const zone& local, std::chrono::minutes at, instant now,
                                       std::optional<unsigned> weekday = {});

} // namespace forewarn::alerting
