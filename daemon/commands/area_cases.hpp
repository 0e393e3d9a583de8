// SPDX-License-Identifier: Apache-2.0
// Records counted by area and local day, for `forewarn scan`: the areas of one level of the deployment's own tables,
// with their centroids, or, where those are not known, the table of which areas adjoin. An area without a record has no
// case.
#pragma once

#include "daemon/series/case_files.hpp"
#include "forewarn/observation.hpp"
#include "rules/plan.hpp"

namespace forewarn::commands {

struct area_cases {
  series_file::placed_cases cases;
  std::vector<std::vector<std::size_t>> neighbours; // by position; empty where the places have coordinates
};

// `by` tells records apart by one level of area; `records` are as `rules::standing` gives them. An error is a sentence.
[[nodiscard]] result<area_cases, std::string>
cases_by_area(const rules::rule& by, const std::vector<const observation*>& records, const reference_data& reference);

} // namespace forewarn::commands
