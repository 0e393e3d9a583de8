// SPDX-License-Identifier: Apache-2.0
#include "daemon/wording/disclosure.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace forewarn::wording {
namespace {

bool rounds(disclosure by) {
  return by >= disclosure::hes;
}

double to_nearest_5(double count) {
  return 5 * std::floor((count + 2.5) / 5);
}

} // namespace

double floor_of(disclosure by) {
  switch (by) {
  case disclosure::exact: return 0;
  case disclosure::under_5: return 5;
  case disclosure::hes:
  case disclosure::opensafely: return 8;
  }
  return 8;
}

shown_count disclose(double count, disclosure by) {
  const bool none = count <= 0;
  if (none && by != disclosure::opensafely) return {};
  if (count < floor_of(by)) return {.hidden = true, .rounded = false, .value = 0};
  if (rounds(by)) return {.hidden = false, .rounded = true, .value = to_nearest_5(count)};
  return {.hidden = false, .rounded = false, .value = count};
}

shown_total disclose_total(const std::vector<double>& parts, disclosure by) {
  shown_total out;
  for (const auto part : parts) {
    const auto one = disclose(part, by);
    if (one.hidden) ++out.hidden_parts;
    out.sum.value += one.value;
    out.sum.rounded = out.sum.rounded || one.rounded;
  }
  return out;
}

std::string spell(double count, disclosure by) {
  const auto one = disclose(count, by);
  if (one.hidden) return fmt::format("fewer than {:g}", floor_of(by));
  return fmt::format("{}{:g}", one.rounded ? "about " : "", one.value);
}

std::string spell_total(const std::vector<double>& parts, disclosure by) {
  if (parts.size() == 1) return spell(parts.front(), by);
  const auto total = disclose_total(parts, by);
  if (total.hidden_parts == 0) return fmt::format("{}{:g}", total.sum.rounded ? "about " : "", total.sum.value);
  if (total.sum.value <= 0) return "small numbers of";
  return fmt::format("{}{:g}", total.sum.rounded ? "about " : "at least ", total.sum.value) +
         (total.sum.rounded ? " or more" : "");
}

disclosure profile_of(audience to, const alerting::word_book& words) {
  if (to <= audience::professionals) return disclosure::exact;
  const auto said = words.blocks.find("disclosure." + std::string{to_text(to)});
  if (said == words.blocks.end()) return disclosure::hes;
  return from_text<disclosure>(said->second).value_or(disclosure::hes);
}

} // namespace forewarn::wording
