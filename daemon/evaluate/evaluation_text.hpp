// SPDX-License-Identifier: Apache-2.0
// An evaluation as people read it, as JSON, and as CSV with a row per detector, group and way of setting its limit.
#pragma once

#include "daemon/evaluate/evaluation.hpp"

namespace forewarn::evaluate {

struct heading {
  std::string series; // "360 made-up daily series (seed 1)"
  double episodes_a_year = 1;
  bool groups = false; // a line per group too
};

[[nodiscard]] std::string as_table(const std::vector<contender_score>& all, const trials& on, const heading& over);
[[nodiscard]] std::string as_json(const std::vector<contender_score>& all, const trials& on, const heading& over);
[[nodiscard]] std::string as_csv(const std::vector<contender_score>& all);

} // namespace forewarn::evaluate
