// SPDX-License-Identifier: Apache-2.0
// An alert in one text message of at most three parts: what, where, how sure, and what saves a life. The advice is
// never shortened; what was seen is, between words.
#pragma once

#include "daemon/alerting/words.hpp"

namespace forewarn::wording {

inline constexpr std::size_t most_segments = 3;

// In the GSM alphabet. Fails where a required part of the alert is missing, or where the approved advice alone would
// not fit.
[[nodiscard]] result<std::string, std::string> sms_line(const alert& about, const alerting::word_book& words,
                                                        const reference_data& reference);

} // namespace forewarn::wording
