// SPDX-License-Identifier: Apache-2.0
// Instants and durations: UTC, microseconds. Civil time lives in zone.hpp.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace forewarn {

using duration = std::chrono::microseconds;
using instant = std::chrono::sys_time<duration>;

// RFC 3339 with an offset or "Z"; up to six decimals are kept. Nothing where the text is not such a time.
[[nodiscard]] std::optional<instant> parse_rfc3339(std::string_view text);

// "2026-03-01T12:00:00Z"; decimals only where there are any.
[[nodiscard]] std::string format_rfc3339(instant at);

// A whole number and one unit: s m h d w, with d = 24 h and w = 7 d. Nothing for anything else, or past 100 years.
[[nodiscard]] std::optional<duration> parse_duration(std::string_view text);

// The shortest exact form in one unit: "36h", "7d", "90s".
[[nodiscard]] std::string format_duration(duration length);

// In words for people: "24 hours", "7 days", "1 hour".
[[nodiscard]] std::string spell_duration(duration length);

} // namespace forewarn
