// SPDX-License-Identifier: Apache-2.0
// A column read as a time: its formats in order, and the zone of those that name no offset.
#pragma once

#include "connectors/mapping/time_format.hpp"
#include "connectors/mapping/value_source.hpp"
#include "forewarn/yaml.hpp"
#include "forewarn/zone.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::connectors {

struct time_plan {
  value_source source;
  std::vector<time_format> formats;
  zone local = zone::utc();

  [[nodiscard]] std::string wanted() const; // the forms it takes, for people
  [[nodiscard]] std::optional<time_reading> read(std::string_view text) const;
};

// Nothing where no time is given, or where it is none: then the pass is refused. A time in the hour that a change of
// clocks repeats is the earlier one, a time in the hour it skips the moment of the change; either is noted as odd.
[[nodiscard]] std::optional<instant> time_of(const time_plan& plan, mapping_pass& pass);

// The `formats` of a mapping; iso where there are none.
[[nodiscard]] std::vector<time_format> read_formats(yaml::mapping_reader* keys);

[[nodiscard]] std::chrono::year_month_day day_of(const time_reading& read);

} // namespace forewarn::connectors
