// SPDX-License-Identifier: Apache-2.0
// Civil time in a named zone, from the system's zoneinfo. The only door between wall clocks and instants.
#pragma once

#include "forewarn/instant.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace forewarn {

using civil_time = std::chrono::local_time<duration>;

// How a wall-clock time became an instant; counted per feed, because each odd one is a question to the partner.
enum class civil_resolution : std::uint8_t {
  unique,
  repeated, // the hour that occurs twice: the earlier instant is taken
  missing,  // the hour that never occurred: the instant of the jump is taken
};

struct resolved_time {
  instant at;
  civil_resolution how = civil_resolution::unique;
};

// "08:00" as time since midnight. Nothing for anything else.
[[nodiscard]] std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text);

// A zone such as Europe/London. Cheap to copy; lives as long as the process.
class zone {
public:
  // Nothing where the system knows no such zone.
  [[nodiscard]] static std::optional<zone> named(std::string_view name);
  [[nodiscard]] static zone utc();

  [[nodiscard]] std::string name() const;
  [[nodiscard]] resolved_time to_instant(civil_time wall) const;
  [[nodiscard]] civil_time to_civil(instant at) const;
  // "2026-03-01 12:00 GMT", for people.
  [[nodiscard]] std::string format(instant at) const;
  // "2026-03-01T12:00:00+00:00", for machines that want the local offset.
  [[nodiscard]] std::string format_offset(instant at) const;

private:
  explicit zone(const date::time_zone* rules) : rules_{rules} {}
  const date::time_zone* rules_;
};

} // namespace forewarn
