// SPDX-License-Identifier: Apache-2.0
// Reference cases: a series, an algorithm with its parameters, and what R gave. Any folder whose `cases.json` names the
// algorithms that Forewarn has can be run.
#pragma once

#include "detectors/case_table.hpp"

#include <boost/json.hpp>

#include <optional>

namespace forewarn::detector_cases {

struct reference_case {
  std::string id, algorithm;
  boost::json::object params, input;
  std::size_t first = 0, last = 0; // 1-based, of the series
  std::filesystem::path expected;
  std::vector<std::string> columns;
};

// Throw std::runtime_error that says where and what.
[[nodiscard]] std::vector<reference_case> read_cases(const std::filesystem::path& folder);
// What Forewarn says, in the columns of the expected file. `expected` lends only its header and `conv_sens`.
[[nodiscard]] table run_case(const std::filesystem::path& folder, const reference_case& which, const table& expected);
// What differs beyond the tolerances of the reference, a line each; empty: nothing.
[[nodiscard]] std::vector<std::string> differences(const reference_case& which, const table& ours,
                                                   const table& expected);

} // namespace forewarn::detector_cases
