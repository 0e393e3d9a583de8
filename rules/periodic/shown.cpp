// SPDX-License-Identifier: Apache-2.0
#include "rules/periodic/shown.hpp"

namespace forewarn::rules {

time_window holding(const rule& by, const time_window& shown) {
  if (!std::holds_alternative<periodic_detector>(by.detector) && !std::holds_alternative<scan_detector>(by.detector))
    return shown;
  return {shown.from - duration{1}, shown.to - duration{1}};
}

bool is_provisional(const rule& by, const signal& found, instant now) {
  const auto* made = std::get_if<periodic_detector>(&by.detector);
  return made != nullptr && made->scaled && now < found.window.to + std::chrono::hours{24 * 7};
}

} // namespace forewarn::rules
