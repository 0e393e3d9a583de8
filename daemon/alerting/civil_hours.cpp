// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/civil_hours.hpp"

#include <algorithm>

namespace forewarn::alerting {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using window = rules::alert_plan::quiet_window;

unsigned weekday_of(local_days day) { // 0 = Monday
  return std::chrono::weekday{day}.iso_encoding() - 1;
}

// The end of the window that begins on that day, where it holds at `now`.
std::optional<instant> ends(const window& quiet, const zone& local, local_days day, instant now) {
  const auto& on = quiet.weekdays;
  if (!on.empty() && std::find(on.begin(), on.end(), weekday_of(day)) == on.end()) return {};
  const auto from = local.to_instant(day + duration{quiet.from}).at;
  const auto last_day = quiet.to <= quiet.from ? day + days{1} : day;
  const auto to = local.to_instant(last_day + duration{quiet.to}).at;
  if (now < from || now >= to) return {};
  return to;
}

std::optional<instant> ends(const window& quiet, instant now) {
  const auto local = zone::named(quiet.zone_name).value_or(zone::utc());
  const auto today = std::chrono::floor<days>(local.to_civil(now));
  auto out = ends(quiet, local, today, now);
  if (const auto night = ends(quiet, local, today - days{1}, now); night && (!out || *night > *out)) out = night;
  return out;
}

} // namespace

std::optional<instant> quiet_until(const std::vector<window>& quiet, instant now) {
  std::optional<instant> out;
  // Each round follows one window into the next that meets it; windows all round the clock would never end.
  for (std::size_t round = 0; round <= 7 * quiet.size(); ++round) {
    const auto at = out.value_or(now);
    std::optional<instant> later;
    for (const auto& one : quiet)
      if (const auto end = ends(one, at); end && (!later || *end > *later)) later = end;
    if (!later) break;
    out = later;
  }
  return out;
}

instant next_time_of_day(const zone& local, std::chrono::minutes at, instant now, std::optional<unsigned> weekday) {
  auto day = std::chrono::floor<days>(local.to_civil(now));
  for (;; day += days{1}) {
    if (weekday && weekday_of(day) != *weekday) continue;
    if (const auto then = local.to_instant(day + duration{at}).at; then > now) return then;
  }
}

} // namespace forewarn::alerting
