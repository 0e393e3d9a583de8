// SPDX-License-Identifier: Apache-2.0
// The city's calls as an ambulance service's nightly CSV export, with what real exports bring: rows sent twice, rows
// that come days late, rows corrected the next night, and rows that nobody can use. The truth counts each.
#pragma once

#include "daemon/simulate/city.hpp"

#include <string>
#include <vector>

namespace forewarn::simulate {

// How a night's rows are made up. rows = fresh + late + revised + duplicate + cancelled + unusable.
struct row_counts {
  int rows = 0;
  int fresh = 0;
  int late = 0;      // of an earlier day
  int revised = 0;   // sent before, now with other content
  int duplicate = 0; // sent before, the same
  int cancelled = 0; // no patient: the feed takes them as withdrawn
  int unusable = 0;  // no id, no such date, cells missing
};

struct export_file {
  std::string name; // "ambulance-2026-01-18.csv"
  std::string text;
  row_counts counts;
  std::vector<std::string> outbreak_calls; // Call ID of each case of the outbreak in this file
};

[[nodiscard]] std::vector<export_file> ambulance_exports(const plan& wanted, const city& of, const area_table& areas);

} // namespace forewarn::simulate
