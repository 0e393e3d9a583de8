// SPDX-License-Identifier: Apache-2.0
// Lengths that run on working days alone: Monday to Friday without the holidays of a calendar, whole days by the local
// clock, those of 23 and 25 hours included.
#pragma once

#include "forewarn/calendar.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/zone.hpp"

namespace forewarn::panel {

// When `length` has run; `holidays` null: none are known. A start on a day off counts from the next working day's
// begin.
[[nodiscard]] instant after_working_time(instant start, duration length, const zone& local, const calendar* holidays);

// The instant itself, or the next one in business hours.
[[nodiscard]] instant next_business_hour(instant at, const zone& local, const calendar* holidays);
// From nine to five on a working day.
[[nodiscard]] bool in_business_hours(instant at, const zone& local, const calendar* holidays);

} // namespace forewarn::panel
