// SPDX-License-Identifier: Apache-2.0
// Counts a day as a picture and in words: the days of the signal stand out by colour and by their numbers, beside what
// is usual. A picture in itself says nothing to a screen reader or a text mail, so it never comes without its words.
#pragma once

#include "forewarn/alert.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn::wording {

struct chart {
  std::string data_uri; // "data:image/png;base64,..."; a mail makes an attachment of it
  std::string in_words; // "A day: 0 to 1 from 2026-02-01 to 2026-02-27; then 5 on 2026-02-28."
};

// Pixels: sharp on a wide screen, and its numbers still legible at 340 points on a telephone.
inline constexpr int chart_width = 720, chart_height = 300;

// Nothing where no days were counted.
[[nodiscard]] std::optional<chart> draw_chart(const std::vector<counted_day>& days, level how);

[[nodiscard]] std::string chart_words(const std::vector<counted_day>& days);
// The picture alone, as PNG. Throws where the drawing library fails, which only a lack of memory can cause.
[[nodiscard]] std::string chart_png(const std::vector<counted_day>& days, level how);

} // namespace forewarn::wording
