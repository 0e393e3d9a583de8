// SPDX-License-Identifier: Apache-2.0
#include "daemon/wall_clock.hpp"

#include <string_view>

namespace forewarn {

std::optional<instant> read_time(const std::string& text, const zone& local) {
  if (const auto exact = parse_rfc3339(text)) return exact;
  constexpr auto minutes = std::string_view{"2026-03-01T10:00"}.size();
  if (text.size() > minutes) // an offset after whole minutes
    if (const auto exact = parse_rfc3339(text.substr(0, minutes) + ":00" + text.substr(minutes))) return exact;
  for (const char* rest : {"Z", ":00Z", "T00:00:00Z"}) // read as if UTC, then taken as the zone's own
    if (const auto civil = parse_rfc3339(text + rest))
      return local.to_instant(civil_time{civil->time_since_epoch()}).at;
  return {};
}

} // namespace forewarn
