// SPDX-License-Identifier: Apache-2.0
#include "daemon/reporting/span.hpp"

#include <array>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

using namespace std::chrono;

constexpr std::array month_names =
    std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July", "August",
                                     "September", "October", "November", "December"});

instant midnight(local_days day, const zone& local) {
  return local.to_instant(civil_time{day}).at;
}

local_days day_at(instant at, const zone& local) {
  return floor<days>(local.to_civil(at));
}

std::string text_of(local_days day) {
  const year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

bool number(std::string_view text, int least, int most, int& into) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() && into >= least && into <= most;
}

local_days first_of(year_month in) {
  return local_days{in / day{1}};
}

span of_months(year_month first, int count, const zone& local) {
  span out;
  out.from = midnight(first_of(first), local);
  out.to = midnight(first_of(first + months{count}), local);
  const auto y = static_cast<int>(first.year());
  const auto m = static_cast<unsigned>(first.month());
  if (count == 1) {
    out.key = fmt::format("{:04}-{:02}", y, m);
    out.words = fmt::format("{} {}", month_names[m - 1], y);
  } else {
    out.key = fmt::format("{:04}-Q{}", y, (m + 2) / 3);
    out.words = fmt::format("{} to {} {}", month_names[m - 1], month_names[m + 1], y);
  }
  return out;
}

local_days monday_of(local_days at) {
  return at - (weekday{at} - Monday);
}

// A week belongs to the year of its Thursday (ISO 8601).
span of_week(local_days monday, const zone& local) {
  const auto in = year_month_day{monday + days{3}}.year();
  const auto first = monday_of(local_days{in / January / day{4}});
  span out;
  out.from = midnight(monday, local);
  out.to = midnight(monday + days{7}, local);
  out.key = fmt::format("{:04}-W{:02}", static_cast<int>(in), (monday - first).count() / 7 + 1);
  out.words = fmt::format("the week of {} to {}", text_of(monday), text_of(monday + days{6}));
  return out;
}

year_month quarter_of(local_days at) {
  const year_month_day date{at};
  return date.year() / month{(static_cast<unsigned>(date.month()) - 1) / 3 * 3 + 1};
}

year_month month_of(local_days at) {
  const year_month_day date{at};
  return date.year() / date.month();
}

// The span that holds the day.
span around(span_kind what, local_days at, const zone& local) {
  switch (what) {
  case span_kind::month: return of_months(month_of(at), 1, local);
  case span_kind::quarter: return of_months(quarter_of(at), 3, local);
  case span_kind::week: break;
  }
  return of_week(monday_of(at), local);
}

std::optional<local_days> read_day(const std::string& text) {
  int y = 0, m = 0, d = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const std::string_view all{text};
  if (!number(all.substr(0, 4), 1970, 9999, y) || !number(all.substr(5, 2), 1, 12, m) ||
      !number(all.substr(8, 2), 1, 31, d))
    return {};
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return {};
  return local_days{date};
}

std::string wanted(span_kind what) {
  switch (what) {
  case span_kind::month: return "a month such as 2026-10";
  case span_kind::quarter: return "a quarter such as 2026-Q3";
  case span_kind::week: break;
  }
  return "an ISO week such as 2026-W47";
}

} // namespace

result<span, std::string> span_named(span_kind what, const std::string& text, const zone& local) {
  const std::string_view all{text};
  int y = 0, n = 0;
  const bool dated = all.size() >= 7 && all[4] == '-' && number(all.substr(0, 4), 1970, 9999, y);
  const auto in = year{y};
  if (dated && what == span_kind::month && all.size() == 7 && number(all.substr(5), 1, 12, n))
    return of_months(in / month{static_cast<unsigned>(n)}, 1, local);
  if (dated && what == span_kind::quarter && all.size() == 7 && all[5] == 'Q' && number(all.substr(6), 1, 4, n))
    return of_months(in / month{static_cast<unsigned>(n * 3 - 2)}, 3, local);
  if (dated && what == span_kind::week && all.size() == 8 && all[5] == 'W' && number(all.substr(6), 1, 53, n)) {
    const auto first = monday_of(local_days{in / January / day{4}});
    auto out = of_week(first + days{7 * (n - 1)}, local);
    if (out.key == text) return out; // not every year has a week 53
  }
  return failure(fmt::format("'{}' is not {}", text, wanted(what)));
}

span last_whole(span_kind what, instant now, const zone& local) {
  return before(what, around(what, day_at(now, local), local), local);
}

span before(span_kind what, const span& one, const zone& local) {
  return around(what, day_at(one.from, local) - days{1}, local);
}

std::vector<span> months_up_to(const span& last, std::size_t count, const zone& local) {
  std::vector<span> out;
  const auto newest = month_of(day_at(last.from, local));
  for (auto back = static_cast<int>(count) - 1; back >= 0; --back)
    out.push_back(of_months(newest - months{back}, 1, local));
  return out;
}

result<span, std::string> days_between(const std::string& first, const std::string& last, const zone& local) {
  const auto from = read_day(first), to = read_day(last);
  if (!from || !to) return failure(fmt::format("'{}' is not a day such as 2026-10-01", from ? last : first));
  if (*to < *from) return failure(fmt::format("{} lies before {}", last, first));
  return span{midnight(*from, local), midnight(*to + days{1}, local), first + "_" + last,
              fmt::format("{} to {}", first, last)};
}

std::string day_of(instant at, const zone& local) {
  return text_of(day_at(at, local));
}

} // namespace forewarn::reporting
