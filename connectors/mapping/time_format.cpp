// SPDX-License-Identifier: Apache-2.0
#include "connectors/mapping/time_format.hpp"

#include "forewarn/text.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace forewarn::connectors {
namespace {

constexpr std::array<std::string_view, 12> months{"january",   "february", "march",    "april",
                                                  "may",       "june",     "july",     "august",
                                                  "september", "october",  "november", "december"};
constexpr std::array<std::string_view, 7> days{"monday", "tuesday",  "wednesday", "thursday",
                                               "friday", "saturday", "sunday"};
constexpr std::string_view known_letters = "dmYybBHIpMSfzae%";

bool is_decimal(char c) {
  return c >= '0' && c <= '9';
}
bool is_space_or_tab(char c) {
  return c == ' ' || c == '\t';
}

struct cursor {
  std::string_view rest;

  std::optional<int> number(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    int value = 0;
    while (count < most && count < rest.size() && is_decimal(rest[count])) value = value * 10 + (rest[count++] - '0');
    if (count < least) return {};
    rest.remove_prefix(count);
    return value;
  }
  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  void blanks() {
    while (!rest.empty() && is_space_or_tab(rest.front())) rest.remove_prefix(1);
  }
  // The full name or its first three letters, in any case; counted from 0.
  template <std::size_t Size> std::optional<int> name(const std::array<std::string_view, Size>& names) {
    std::size_t length = 0;
    while (length < rest.size() && ((rest[length] | 0x20) >= 'a' && (rest[length] | 0x20) <= 'z')) ++length;
    const auto word = ascii_lower(rest.substr(0, length));
    for (std::size_t i = 0; i < Size; ++i) {
      if (word != names.at(i) && word != names.at(i).substr(0, 3) && !(word == "sept" && names.at(i) == "september"))
        continue;
      rest.remove_prefix(length);
      return static_cast<int>(i);
    }
    return {};
  }
  std::optional<std::chrono::minutes> offset() {
    if (take('Z') || take('z')) return std::chrono::minutes{0};
    const int sign = !rest.empty() && rest.front() == '-' ? -1 : 1;
    if (!take('+') && !take('-')) return {};
    const auto hours = number(2, 2);
    if (!hours) return {};
    take(':');
    const auto minutes = rest.empty() ? std::optional<int>{0} : number(2, 2);
    if (!minutes || *hours > 14 || *minutes > 59) return {};
    return std::chrono::minutes{sign * (*hours * 60 + *minutes)};
  }
  std::optional<int> microseconds() {
    int value = 0;
    int places = 0;
    for (; !rest.empty() && is_decimal(rest.front()); rest.remove_prefix(1))
      if (places < 6) {
        value = value * 10 + (rest.front() - '0');
        ++places;
      }
    if (places == 0) return {};
    for (; places < 6; ++places) value *= 10;
    return value;
  }
};

struct parts {
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, micros = 0;
  std::optional<bool> afternoon;
  bool twelve_hours = false;
  std::optional<std::chrono::minutes> offset;
};

std::optional<time_reading> assemble(parts p) {
  if (p.twelve_hours) {
    if (!p.afternoon || p.hour < 1 || p.hour > 12) return {};
    p.hour = p.hour % 12 + (*p.afternoon ? 12 : 0);
  }
  if (p.hour > 23 || p.minute > 59 || p.second > 59) return {};
  if (p.year < 1900 || p.year > 2200) return {}; // a slip of the finger, not a date
  const std::chrono::year_month_day date{std::chrono::year{p.year}, std::chrono::month{static_cast<unsigned>(p.month)},
                                         std::chrono::day{static_cast<unsigned>(p.day)}};
  if (!date.ok()) return {};
  const auto wall = std::chrono::local_days{date} + std::chrono::hours{p.hour} + std::chrono::minutes{p.minute} +
                    std::chrono::seconds{p.second} + duration{p.micros};
  return time_reading{wall, p.offset};
}

bool set(int& field, std::optional<int> value) {
  if (!value) return false;
  field = *value;
  return true;
}

bool read_letter(char letter, cursor& in, parts& out) {
  switch (letter) {
  case 'd':
  case 'e': return set(out.day, in.number(1, 2));
  case 'm': return set(out.month, in.number(1, 2));
  case 'Y': return set(out.year, in.number(4, 4));
  case 'y': {
    const auto year = in.number(2, 2);
    return year && set(out.year, *year + (*year < 69 ? 2000 : 1900)); // POSIX's pivot
  }
  case 'b':
  case 'B': {
    const auto month = in.name(months);
    return month && set(out.month, *month + 1);
  }
  case 'a': return in.name(days).has_value();
  case 'H': return set(out.hour, in.number(1, 2));
  case 'I': out.twelve_hours = true; return set(out.hour, in.number(1, 2));
  case 'p': {
    if (in.rest.size() < 2 || (in.rest[1] | 0x20) != 'm') return false;
    const char half = static_cast<char>(in.rest[0] | 0x20);
    if (half != 'a' && half != 'p') return false;
    out.afternoon = half == 'p';
    in.rest.remove_prefix(2);
    return true;
  }
  case 'M': return set(out.minute, in.number(2, 2));
  case 'S': return set(out.second, in.number(2, 2));
  case 'f': return set(out.micros, in.microseconds());
  case 'z': out.offset = in.offset(); return out.offset.has_value();
  default: return in.take('%');
  }
}

std::optional<time_reading> read_pattern(std::string_view pattern, std::string_view text) {
  cursor in{text};
  parts out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_space_or_tab(pattern[i])) {
      in.blanks();
    } else if (pattern[i] == '%' && i + 1 < pattern.size()) {
      if (!read_letter(pattern[++i], in, out)) return {};
    } else if (!in.take(pattern[i])) {
      return {};
    }
  }
  in.blanks();
  if (!in.rest.empty()) return {};
  return assemble(out);
}

std::optional<time_reading> read_iso(std::string_view text) {
  cursor in{text};
  parts out;
  if (!set(out.year, in.number(4, 4)) || !in.take('-') || !set(out.month, in.number(2, 2)) || !in.take('-') ||
      !set(out.day, in.number(2, 2)))
    return {};
  if (in.rest.empty()) return assemble(out);
  if (!in.take('T') && !in.take('t') && !in.take(' ')) return {};
  if (!set(out.hour, in.number(2, 2)) || !in.take(':') || !set(out.minute, in.number(2, 2))) return {};
  if (in.take(':') && !set(out.second, in.number(2, 2))) return {};
  if ((in.take('.') || in.take(',')) && !set(out.micros, in.microseconds())) return {};
  in.blanks();
  if (!in.rest.empty()) {
    out.offset = in.offset();
    if (!out.offset || !in.rest.empty()) return {};
  }
  return assemble(out);
}

std::optional<time_reading> read_unix(std::string_view text, std::int64_t per_second) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  constexpr std::int64_t latest = 32'503'680'000; // the year 3000
  if (error != std::errc{} || end != text.data() + text.size() || count < 0 || count / per_second > latest) return {};
  return time_reading{civil_time{duration{count * (1'000'000 / per_second)}}, std::chrono::minutes{0}};
}

} // namespace

result<time_format, std::string> time_format::compile(std::string_view pattern) {
  time_format out{std::string{pattern}};
  if (pattern == "iso" || pattern == "unix" || pattern == "unix-ms") return out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      out.expanded_ += pattern[i];
      continue;
    }
    const char letter = i + 1 < pattern.size() ? pattern[++i] : ' ';
    if (letter == 'F')
      out.expanded_ += "%Y-%m-%d";
    else if (letter == 'T')
      out.expanded_ += "%H:%M:%S";
    else if (letter == 'R')
      out.expanded_ += "%H:%M";
    else if (known_letters.find(letter) != std::string_view::npos)
      (out.expanded_ += '%') += letter;
    else
      return failure(fmt::format("'%{}' is not known in a time format; use %d %m %Y %y %b %H %I %p %M %S %f %z, or "
                                 "iso, unix, unix-ms",
                                 letter));
  }
  const auto has = [&](std::string_view letters) { return out.expanded_.find(letters) != std::string::npos; };
  const bool day = has("%d") || has("%e");
  const bool month = has("%m") || has("%b") || has("%B");
  // A month or a year alone is its first day: there are files that say no more.
  if (!(has("%Y") || has("%y")) || (day && !month))
    return failure(fmt::format("'{}' says no year, or a day without its month", pattern));
  if (has("%I") != has("%p")) return failure(fmt::format("'{}': a 12-hour clock needs both %I and %p", pattern));
  return out;
}

std::optional<time_reading> time_format::read(std::string_view text) const {
  text = trim(text);
  if (!expanded_.empty()) return read_pattern(expanded_, text);
  if (pattern_ == "iso") return read_iso(text);
  return read_unix(text, pattern_ == "unix" ? 1 : 1'000);
}

} // namespace forewarn::connectors
