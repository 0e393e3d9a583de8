// SPDX-License-Identifier: Apache-2.0
// How closely counts may be said to readers outside the profession. Each count is judged by itself, and a total is only
// ever made of what is shown: so no two numbers of one alert, and no two versions of it, can be set against each other
// to find what was hidden.
#pragma once

#include "daemon/alerting/words.hpp"

#include <array>
#include <string>
#include <vector>

namespace forewarn::wording {

// From the most open to the strictest.
enum class disclosure : std::uint8_t {
  exact,
  under_5,    // 1 to 4 are not said
  hes,        // 1 to 7 are not said, others to the nearest 5 (NHS England, hospital and emergency care data)
  opensafely, // the same, and 0 is not told apart from a few
};

} // namespace forewarn::wording

namespace forewarn {
template <> struct spelling_of<wording::disclosure> {
  static constexpr std::array words = std::to_array<std::string_view>({"exact", "under-5", "hes", "opensafely"});
};
} // namespace forewarn

namespace forewarn::wording {

// The least count that may be said; 0 where all may.
[[nodiscard]] double floor_of(disclosure by);

struct shown_count {
  bool hidden = false;  // above nothing and below the floor
  bool rounded = false; // `value` may differ from the count by two
  double value = 0;     // of one that is hidden: 0
  friend bool operator==(const shown_count&, const shown_count&) = default;
};
[[nodiscard]] shown_count disclose(double count, disclosure by);

// Of the parts as they are shown.
struct shown_total {
  std::size_t hidden_parts = 0;
  shown_count sum; // of the others
};
[[nodiscard]] shown_total disclose_total(const std::vector<double>& parts, disclosure by);

// "5", "about 10", "fewer than 8".
[[nodiscard]] std::string spell(double count, disclosure by);
// The same; "at least 10" where parts of it are hidden; "small numbers of" where all of several are.
[[nodiscard]] std::string spell_total(const std::vector<double>& parts, disclosure by);

// By templates/blocks `disclosure:`; on-call, the panel and named professionals read exact numbers.
[[nodiscard]] disclosure profile_of(audience to, const alerting::word_book& words);

} // namespace forewarn::wording
