// SPDX-License-Identifier: Apache-2.0
#include "daemon/wall_clock.hpp"

namespace forewarn {

std::optional<instant> read_time(const std::string& text, const zone& local) {
  if (const auto exact = parse_rfc3339(text)) return exact;
  for (const char* rest : {"Z", ":00Z", "T00:00:00Z"}) // read as if UTC, then taken as the zone's own
    if (const auto civil = parse_rfc3339(text + rest))
      return local.to_instant(civil_time{civil->time_since_epoch()}).at;
  return {};
}

} // namespace forewarn
