// SPDX-License-Identifier: Apache-2.0
// Wall-clock times as partners write them.
#pragma once

#include "forewarn/zone.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace forewarn::simulate {

[[nodiscard]] civil_time midnight(civil_time at);
[[nodiscard]] std::string iso_day(civil_time at);                                // 2026-01-18
[[nodiscard]] std::string iso_minute(civil_time at);                             // 2026-01-18T21-04, for file names
[[nodiscard]] std::string short_day(civil_time at);                              // 260118
[[nodiscard]] std::string day_of_month_first(civil_time at);                     // 18/01/2026
[[nodiscard]] std::string day_first(civil_time at);                              // 18/01/2026 21:04
[[nodiscard]] std::optional<civil_time> read_day(std::string_view text);         // 2026-01-18
[[nodiscard]] std::optional<civil_time> read_day_or_time(std::string_view text); // the same, or 2026-01-18T21:04

} // namespace forewarn::simulate
