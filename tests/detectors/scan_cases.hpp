// SPDX-License-Identifier: Apache-2.0
// Reference cases of the space-time scan: places, dated cases, and what SaTScan and a plain program found in them.
#pragma once

#include "rules/detectors/scan.hpp"

#include <boost/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace forewarn::detector_cases {

struct scan_case {
  std::string id;
  boost::json::object expected; // the whole file
  std::vector<std::string> names;
  std::vector<detectors::scan_place> places;
  detectors::scan_counts counts;
  detectors::scan_options options;
};

// On two threads.
void run_on_two(std::size_t n, const std::function<void(std::size_t)>& job);

// `file`: an expected/NAME.json, whose `locations` and `cases` are relative to the folder above it.
[[nodiscard]] scan_case read_scan_case(const std::filesystem::path& file);
// What Forewarn finds, in the form of the expected file, with `mc` for the chance of the top cluster.
[[nodiscard]] boost::json::object run_scan_case(const scan_case& which);
[[nodiscard]] std::vector<std::string> scan_differences(const scan_case& which, const boost::json::object& ours);

} // namespace forewarn::detector_cases
