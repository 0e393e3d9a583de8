// SPDX-License-Identifier: Apache-2.0
// An alert as templates see it, and what of it a reader must be told. Shared by every rendering, so that none is
// written of an alert that another would refuse.
#pragma once

#include "daemon/alerting/template_text.hpp"
#include "daemon/alerting/words.hpp"

#include <string>
#include <vector>

namespace forewarn::alerting {

// "EXERCISE: ", "TEST: "; empty for an actual one.
[[nodiscard]] std::string mark_of(alert_status status);

// Names of the required parts that are empty.
[[nodiscard]] std::vector<std::string> missing_parts(const alert_content& content);

// Nothing, or why it cannot be written: "alert FW-2026-0007 cannot be written: it lacks where and when".
[[nodiscard]] std::optional<std::string> what_it_lacks(const alert& about);

[[nodiscard]] view view_of(const alert& about, const word_book& words, const reference_data& reference);

} // namespace forewarn::alerting
