// SPDX-License-Identifier: Apache-2.0
// A time as a person says it: a date and a clock, a weekday and a clock, or a clock alone.
#include "daemon/alerting/civil_hours.hpp"
#include "daemon/rota/rota.hpp"
#include "forewarn/text.hpp"

#include <array>

namespace forewarn::on_call {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

std::optional<unsigned> weekday_of(std::string_view word) {
  if (word.size() < 3) return {};
  for (unsigned i = 0; i < weekdays.size(); ++i)
    if (weekdays[i].starts_with(word)) return i;
  return {};
}

} // namespace

std::optional<instant> parse_local(std::string_view text, const zone& local) {
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return {};
  if (text.size() == 10) return local.to_instant(*day).at;
  if (text[10] != ' ' && text[10] != 'T') return {};
  const auto clock = parse_time_of_day(text.substr(11));
  if (!clock) return {};
  return local.to_instant(*day + duration{*clock}).at;
}

std::optional<instant> parse_when(const std::string& said, const zone& local, instant now) {
  const auto text = ascii_lower(trim(said));
  if (text == "now") return now;
  if (const auto exact = parse_rfc3339(std::string{trim(said)})) return exact;
  if (const auto then = parse_local(trim(said), local)) return then;
  const auto space = text.find(' ');
  const auto clock = parse_time_of_day(space == std::string::npos ? text : text.substr(space + 1));
  if (!clock) return {};
  if (space == std::string::npos) return alerting::next_time_of_day(local, *clock, now, {});
  const auto day = weekday_of(std::string_view{text}.substr(0, space));
  if (!day) return {};
  return alerting::next_time_of_day(local, *clock, now, *day);
}

} // namespace forewarn::on_call
