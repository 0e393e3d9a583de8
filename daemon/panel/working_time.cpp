// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/working_time.hpp"

namespace forewarn::panel {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;

// A calendar without working days must not stop a clock for ever.
constexpr days longest_wait{400};

bool is_working(local_days day, const calendar* holidays) {
  if (std::chrono::weekday{day}.iso_encoding() > 5) return false;
  return holidays == nullptr || !holidays->holds(day);
}

instant begins(local_days day, const zone& local) {
  return local.to_instant(civil_time{day}).at;
}

} // namespace

instant after_working_time(instant start, duration length, const zone& local, const calendar* holidays) {
  auto at = start;
  const auto first = std::chrono::floor<days>(local.to_civil(start));
  for (auto day = first; day - first < longest_wait; day += days{1}) {
    const auto next = begins(day + days{1}, local);
    if (!is_working(day, holidays)) {
      at = next;
      continue;
    }
    if (at + length <= next) return at + length;
    length -= next - at;
    at = next;
  }
  return start + length;
}

bool in_business_hours(instant at, const zone& local, const calendar* holidays) {
  const auto wall = local.to_civil(at);
  const auto day = std::chrono::floor<days>(wall);
  return is_working(day, holidays) && wall - day >= hours{9} && wall - day < hours{17};
}

instant next_business_hour(instant at, const zone& local, const calendar* holidays) {
  if (in_business_hours(at, local, holidays)) return at;
  const auto first = std::chrono::floor<days>(local.to_civil(at));
  for (auto day = first; day - first < longest_wait; day += days{1}) {
    const auto morning = local.to_instant(civil_time{day} + hours{9}).at;
    if (morning > at && is_working(day, holidays)) return morning;
  }
  return at;
}

} // namespace forewarn::panel
