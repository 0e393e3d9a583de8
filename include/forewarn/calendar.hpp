// SPDX-License-Identifier: Apache-2.0
// Days that a rule can ask for: bank holidays, release Fridays, a festival. Plain local dates; whose clock says which
// day it is, the caller knows.
#pragma once

#include "forewarn/problem.hpp"

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace forewarn {

struct calendar {
  std::string id;
  std::string title;                         // "a bank holiday": follows "on"
  std::vector<std::chrono::local_days> days; // sorted
  std::array<bool, 7> weekdays{};            // every one of these too; Monday first

  [[nodiscard]] bool holds(std::chrono::local_days day) const;
};

// `calendars: [{id, title, days: [2026-12-25, {from: 2026-08-27, to: 2026-08-31}], weekdays: [fri]}]` in any number of
// files; of two with one id the days are joined, so that a place can add its own.
[[nodiscard]] std::vector<calendar> parse_calendars(const std::vector<source_text>& files, problems& found);

} // namespace forewarn
