// SPDX-License-Identifier: Apache-2.0
#include "forewarn/zone.hpp"

#include <date/tz.h>

#include <exception>

namespace forewarn {
namespace {

date::local_time<duration> to_date(civil_time wall) {
  return date::local_time<duration>{wall.time_since_epoch()};
}

} // namespace

std::optional<zone> zone::named(std::string_view name) {
  try {
    return zone{date::locate_zone(std::string{name})};
  } catch (const std::exception&) { // the library has no other way of saying "no such zone"
    return {};
  }
}

zone zone::utc() {
  return zone{date::locate_zone("Etc/UTC")};
}

std::string zone::name() const {
  return rules_->name();
}

resolved_time zone::to_instant(civil_time wall) const {
  const auto local = to_date(wall);
  const auto info = rules_->get_info(local);
  switch (info.result) {
  case date::local_info::ambiguous:
    return {instant{local.time_since_epoch() - info.first.offset}, civil_resolution::repeated};
  case date::local_info::nonexistent: return {instant{info.first.end}, civil_resolution::missing};
  default: return {instant{local.time_since_epoch() - info.first.offset}, civil_resolution::unique};
  }
}

civil_time zone::to_civil(instant at) const {
  const auto info = rules_->get_info(date::sys_time<duration>{at.time_since_epoch()});
  return civil_time{at.time_since_epoch() + info.offset};
}

std::string zone::format(instant at) const {
  const auto info = rules_->get_info(date::sys_time<duration>{at.time_since_epoch()});
  const auto local = date::local_time<duration>{at.time_since_epoch() + info.offset};
  return date::format("%Y-%m-%d %H:%M ", date::floor<std::chrono::minutes>(local)) + info.abbrev;
}

std::string zone::format_offset(instant at) const {
  const auto info = rules_->get_info(date::sys_time<duration>{at.time_since_epoch()});
  const auto local = date::local_time<duration>{at.time_since_epoch() + info.offset};
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(info.offset).count();
  const auto size = minutes < 0 ? -minutes : minutes;
  std::string text = date::format("%Y-%m-%dT%H:%M:%S", date::floor<std::chrono::seconds>(local));
  text += minutes < 0 ? '-' : '+';
  const auto two = [&text](auto value) {
    text += static_cast<char>('0' + value / 10);
    text += static_cast<char>('0' + value % 10);
  };
  two(size / 60);
  text += ':';
  two(size % 60);
  return text;
}

std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return {};
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  if (hours > 23 || minutes > 59) return {};
  return std::chrono::minutes{hours * 60 + minutes};
}

} // namespace forewarn
