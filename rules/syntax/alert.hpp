// SPDX-License-Identifier: Apache-2.0
// Reads `alert:`: what follows a signal. Everything is checked; budget, inhibit and quiet are kept for later.
#pragma once

#include "rules/plan.hpp"
#include "rules/syntax/reading.hpp"

#include <vector>

namespace forewarn::rules {

// A rule named in `inhibit`, to be looked up once all files are read.
struct mentioned_rule {
  rule_id id;
  location at;
};

struct read_alert_plan {
  alert_plan plan;
  std::vector<mentioned_rule> mentions;
};

[[nodiscard]] read_alert_plan read_alert(const reading& from, const yaml::node& alert);

} // namespace forewarn::rules
