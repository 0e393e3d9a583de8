// SPDX-License-Identifier: Apache-2.0
// What those who received an alert are told when it changes or ends: what changed and why, in the thread of the first
// message. An update is the whole alert again behind that; an end says what to stop doing, and is never an all-clear.
#pragma once

#include "daemon/alerting/words.hpp"

#include <string>
#include <vector>

namespace forewarn::panel {

enum class alert_step : std::uint8_t {
  updated,
  corrected, // an update because what was said was wrong
  stood_down,
  retracted,
  merged, // stood down because another alert goes on for both
};

// "alert.updated"; "exercise.alert_updated" where the alert is not an actual one.
[[nodiscard]] std::string type_of(alert_step step, alert_status status);

// One sentence per part that differs: "Drug of concern: heroin; was: cocaine".
[[nodiscard]] std::vector<std::string> changes_between(const alert& before, const alert& after);

struct told_step {
  alert_step step = alert_step::updated;
  std::vector<std::string> changes;
  std::string instead;                    // of a merged one: the reference that goes on
  std::optional<instant> issued_before{}; // when the version before went out
};
// Fails where a required part is missing, as `render_alert` does.
[[nodiscard]] result<message, std::string> render_step(const alert& now_is, const told_step& what,
                                                       const alerting::word_book& words,
                                                       const reference_data& reference, instant now);

} // namespace forewarn::panel
