// SPDX-License-Identifier: Apache-2.0
// An observation as the engine sees it: names looked up once, at the door, so that every rule compares integers.
#pragma once

#include "forewarn/observation.hpp"
#include "forewarn/reference.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace forewarn::rules {

// By fact::weekday.
inline constexpr std::array<std::string_view, 7> weekday_words{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

struct fact {
  std::shared_ptr<const observation> source;

  // Aligned with source->substances, confirmed and sold_as; nothing where the vocabulary lacks the id.
  std::vector<std::optional<substance_index>> substances;
  std::vector<std::optional<substance_index>> confirmed;
  std::vector<std::optional<substance_index>> sold_as;

  // Every area the observation lies in: those it names and all that enclose them. Sorted, unique.
  std::vector<area_index> areas;
  // By level, named or implied; ward, msoa, lsoa and lad may differ from what the source spells out.
  std::optional<area_index> ward, msoa, lsoa, lad;

  std::optional<std::pair<int, int>> age_years; // [from, to]: of `age`, or of `age_band`; to = 1000 for "65+"
  int hour = 0;                                 // 0-23 in the configured zone, of occurred_at
  int minute = 0;
  unsigned weekday = 0;                    // 0 = Monday
  std::vector<std::string_view> calendars; // ids of those that hold the day; of the reference data
};

// "26-34", "65+" (up to 1000). Nothing for anything else.
[[nodiscard]] std::optional<std::pair<int, int>> parse_age_band(std::string_view band);

[[nodiscard]] fact make_fact(std::shared_ptr<const observation> source, const reference_data& reference);

} // namespace forewarn::rules
