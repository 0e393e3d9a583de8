// SPDX-License-Identifier: Apache-2.0
#include "daemon/delivery/retry_after.hpp"

#include "forewarn/text.hpp"

#include <date/date.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace forewarn::outbox {

namespace {

// Longer than any trying; keeps the arithmetic far from overflow.
constexpr std::int64_t longest_seconds = 60LL * 60 * 24 * 365;

std::optional<instant> parse_http_date(std::string_view value) {
  for (const char* form : {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    std::istringstream in{std::string{value}};
    date::sys_seconds at;
    in >> date::parse(form, at);
    if (!in.fail()) return instant{at.time_since_epoch()};
  }
  return {};
}

} // namespace

std::optional<duration> parse_retry_after(std::string_view value, instant now) {
  value = trim(value);
  if (value.empty()) return {};
  if (std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; })) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc{}) seconds = longest_seconds; // more digits than fit: a very long time
    return std::chrono::seconds{std::min(seconds, longest_seconds)};
  }
  const auto at = parse_http_date(value);
  if (!at) return {};
  return std::clamp(*at - now, duration::zero(), duration{std::chrono::seconds{longest_seconds}});
}

} // namespace forewarn::outbox
