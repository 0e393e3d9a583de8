// SPDX-License-Identifier: Apache-2.0
#include "forewarn/instant.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace forewarn {
namespace {

using std::chrono::floor;

// Exactly `width` digits, or nothing.
std::optional<int> digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return {};
  int value = 0;
  for (char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return {};
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<duration> fraction(std::string_view& text) {
  if (!take(text, '.')) return duration{0};
  std::int64_t micros = 0;
  int places = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (places < 6) micros = micros * 10 + (text.front() - '0');
    ++places;
    text.remove_prefix(1);
  }
  if (places == 0) return {};
  for (; places < 6; ++places) micros *= 10;
  return duration{micros};
}

std::optional<std::chrono::minutes> offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return std::chrono::minutes{0};
  if (text.empty() || (text.front() != '+' && text.front() != '-')) return {};
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = digits(text, 2);
  const bool colon = hours && take(text, ':');
  const auto minutes = colon ? digits(text, 2) : std::nullopt;
  if (!minutes || *hours > 23 || *minutes > 59) return {};
  return std::chrono::minutes{sign * (*hours * 60 + *minutes)};
}

struct unit {
  char letter;
  std::int64_t seconds;
  std::string_view name;
};
constexpr std::int64_t week_seconds = 604'800;
constexpr std::array<unit, 5> units{
    {{'w', week_seconds, "week"}, {'d', 86'400, "day"}, {'h', 3'600, "hour"}, {'m', 60, "minute"}, {'s', 1, "second"}}};

} // namespace

std::optional<instant> parse_rfc3339(std::string_view text) {
  const auto year = digits(text, 4);
  if (!year || !take(text, '-')) return {};
  const auto month = digits(text, 2);
  if (!month || !take(text, '-')) return {};
  const auto day = digits(text, 2);
  if (!day || text.empty() || (text.front() != 'T' && text.front() != 't' && text.front() != ' ')) return {};
  text.remove_prefix(1);
  const auto hour = digits(text, 2);
  if (!hour || !take(text, ':')) return {};
  const auto minute = digits(text, 2);
  if (!minute || !take(text, ':')) return {};
  const auto second = digits(text, 2);
  if (!second) return {};
  const auto micros = fraction(text);
  if (!micros) return {};
  const auto shift = offset(text);
  if (!shift || !text.empty() || *hour > 23 || *minute > 59 || *second > 60) return {};

  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return {};
  return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second} + *micros - *shift;
}

std::string format_rfc3339(instant at) {
  const auto day = floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{at - day};
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 time.hours().count(), time.minutes().count(), time.seconds().count());
  if (const auto micros = time.subseconds().count(); micros != 0) {
    text += fmt::format(".{:06}", micros);
    while (text.back() == '0') text.pop_back();
  }
  return text + 'Z';
}

std::optional<duration> parse_duration(std::string_view text) {
  if (text.size() < 2) return {};
  std::int64_t count = 0;
  const char* const last = text.data() + text.size() - 1;
  const auto [end, error] = std::from_chars(text.data(), last, count);
  if (error != std::errc{} || end != last || count < 0 || text.front() == '-') return {};
  constexpr std::int64_t century = 100LL * 366 * 86'400;
  for (const auto& u : units) {
    if (u.letter != text.back()) continue;
    if (count > century / u.seconds) return {};
    return std::chrono::seconds{count * u.seconds};
  }
  return {};
}

std::string format_duration(duration length) {
  const auto seconds = floor<std::chrono::seconds>(length).count();
  if (seconds == 0) return "0s";
  for (const auto& u : units)
    if (seconds % u.seconds == 0 && u.letter != 'w') return fmt::format("{}{}", seconds / u.seconds, u.letter);
  return fmt::format("{}s", seconds);
}

std::string spell_duration(duration length) {
  const auto seconds = floor<std::chrono::seconds>(length).count();
  for (const auto& u : units) {
    // "24 hours" and "72 hours" are how the field speaks; only from a week on do days read better.
    if (u.letter == 'w' || (u.letter == 'd' && seconds < week_seconds)) continue;
    if (seconds % u.seconds == 0) {
      const auto count = seconds / u.seconds;
      return fmt::format("{} {}{}", count, u.name, count == 1 ? "" : "s");
    }
  }
  return fmt::format("{} seconds", seconds);
}

} // namespace forewarn
