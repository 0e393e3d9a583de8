// SPDX-License-Identifier: Apache-2.0
#include "daemon/rota/rota.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace forewarn::on_call {
namespace {

using std::chrono::days;
using std::chrono::local_days;

std::string date_of(local_days day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

instant hand_over_on(const rota& by, local_days day) {
  return by.local.to_instant(day + duration{by.hand_over}).at;
}

// The day whose hand-over was the last one: before 09:00 it is still yesterday's.
local_days working_day(const rota& by, instant at) {
  const auto today = std::chrono::floor<days>(by.local.to_civil(at));
  return at < hand_over_on(by, today) ? today - days{1} : today;
}

struct finding {
  service_id who;
  std::string why;
  friend bool operator==(const finding&, const finding&) = default;
};

std::optional<local_days> turn_begin(const rota& by, instant at) {
  const auto day = working_day(by, at);
  if (day < by.first) return {};
  return day - days{(day - by.first).count() % by.days_each};
}

std::optional<finding> by_holiday(const rota& by, instant at) {
  if (!by.holidays || by.holiday_order.empty()) return {};
  const auto day = working_day(by, at);
  if (day < by.first || !by.holidays->holds(day)) return {};
  std::size_t before = 0;
  for (auto one = by.first; one < day; one += days{1})
    if (by.holidays->holds(one)) ++before;
  return finding{by.holiday_order[before % by.holiday_order.size()],
                 fmt::format("{}, {}", by.holidays->title, date_of(day))};
}

std::optional<finding> who_has_it(const rota& by, instant at) {
  for (auto one = by.swaps.rbegin(); one != by.swaps.rend(); ++one)
    if (one->from <= at && at < one->until) return finding{one->who, "swap: " + one->why};
  const auto begin = turn_begin(by, at);
  if (!begin) return {};
  if (auto holiday = by_holiday(by, at)) return holiday;
  const auto round = static_cast<std::size_t>((*begin - by.first).count() / by.days_each);
  return finding{by.order[round % by.order.size()], fmt::format("turn that began on {}", date_of(*begin))};
}

// Every instant near `at` at which somebody else might take over.
std::vector<instant> changes_around(const rota& by, instant at) {
  std::vector<instant> out;
  const auto begin = turn_begin(by, at).value_or(by.first - days{by.days_each});
  for (auto day = begin; day <= begin + days{by.days_each}; day += days{1}) out.push_back(hand_over_on(by, day));
  for (const auto& one : by.swaps) {
    out.push_back(one.from);
    out.push_back(one.until);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return {};
  return out;
}

} // namespace

std::vector<service_id> rota::people() const {
  std::vector<service_id> out;
  const auto note = [&](const service_id& one) {
    if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
  };
  for (const auto& one : order) note(one);
  for (const auto& one : holiday_order) note(one);
  for (const auto& one : swaps) note(one.who);
  return out;
}

std::optional<duty> on_duty(const rota& by, instant at) {
  const auto found = who_has_it(by, at);
  if (!found) return {};
  duty out{found->who, at, at, found->why};
  const auto changes = changes_around(by, at);
  const auto next = std::upper_bound(changes.begin(), changes.end(), at);
  for (auto one = next; one != changes.end(); ++one) {
    out.until = *one;
    if (who_has_it(by, *one) != found) break;
  }
  for (auto one = next; one != changes.begin();) {
    --one;
    out.from = *one;
    if (who_has_it(by, *one - duration{1}) != found) break;
  }
  return out;
}

std::vector<service_id> chain(const rota& by, instant at) {
  std::vector<service_id> out;
  const auto now = on_duty(by, at);
  if (now) out.push_back(now->who);
  // After the person on duty come those whose turns are next.
  const auto begin = turn_begin(by, at);
  const auto round = begin ? static_cast<std::size_t>((*begin - by.first).count() / by.days_each) : 0;
  for (std::size_t i = 0; i < by.order.size(); ++i) {
    const auto& one = by.order[(round + i) % by.order.size()];
    if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
  }
  return out;
}

std::vector<duty> duties(const rota& by, instant from, instant until) {
  std::vector<duty> out;
  auto at = std::max(from, std::min(hand_over_on(by, by.first), until));
  while (at < until) {
    const auto one = on_duty(by, at);
    if (!one || one->until <= at) break;
    out.push_back(*one);
    at = one->until;
  }
  return out;
}

std::optional<std::chrono::local_days> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto year = number(text.substr(0, 4)), month = number(text.substr(5, 2)), day = number(text.substr(8, 2));
  if (!year || !month || !day) return {};
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return {};
  return local_days{date};
}

} // namespace forewarn::on_call
