// SPDX-License-Identifier: Apache-2.0
// Text messages as a network counts them: the GSM 7-bit alphabet of 3GPP TS 23.038 and the segments that a long message
// is sent in. One character outside the alphabet would make the whole message UCS-2, with less than half the room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace forewarn::wording {

// Septets in one message, and in each part of a longer one, whose first six bytes join the parts.
inline constexpr std::size_t septets_alone = 160;
inline constexpr std::size_t septets_in_part = 153;

// Only characters of the alphabet: dashes, quotes and accents it lacks become the nearest it has, line breaks spaces,
// and what has no near one "?".
[[nodiscard]] std::string to_gsm7(std::string_view text);

// Of text as `to_gsm7` gives it: the braces, the euro and six more count twice.
[[nodiscard]] std::size_t septets(std::string_view text);

// How many text messages it is sent as. A character that counts twice is never split over two parts.
[[nodiscard]] std::size_t segments(std::string_view text);

} // namespace forewarn::wording
