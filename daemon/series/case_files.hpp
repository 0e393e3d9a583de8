// SPDX-License-Identifier: Apache-2.0
// Cases by place and day, and where the places lie, as CSV, for `forewarn scan`. Cases: location,date[,count], a row
// per place and day or one per case. Places: location,x,y[,population] in any unit of length, or location,lat,long,
// which become kilometres. Days without a row have no case. Refuses a place that is not listed and a date that is none.
#pragma once

#include "forewarn/result.hpp"
#include "rules/detectors/scan.hpp"

#include <string>
#include <vector>

namespace forewarn::series_file {

struct placed_cases {
  std::vector<std::string> names; // of the places
  std::vector<detectors::scan_place> places;
  bool has_population = false;
  bool kilometres = false;       // they were given by latitude and longitude
  std::int32_t first_day = 0;    // days since 1970-01-01
  detectors::scan_counts counts; // from the first day to the last that has a row
};

// An error is a sentence with file and line.
[[nodiscard]] result<placed_cases, std::string> read_cases(const std::string& cases, const std::string& places);

} // namespace forewarn::series_file
