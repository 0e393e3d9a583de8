// SPDX-License-Identifier: Apache-2.0
// One A4 page for people who use drugs: where, what, the signs of overdose, what makes it safer. Says no counts and no
// place closer than a district. Refused unless a person released the alert for these readers: never from a rule alone.
#pragma once

#include "daemon/alerting/words.hpp"

namespace forewarn::wording {

// Nothing, or why this alert must not hang on a wall.
[[nodiscard]] std::optional<std::string> not_for_posters(const alert& about);

// HTML that prints to one page. Fails where `not_for_posters` says so, or a required part is missing.
[[nodiscard]] result<std::string, std::string> poster(const alert& about, const alerting::word_book& words,
                                                      const reference_data& reference);

} // namespace forewarn::wording
