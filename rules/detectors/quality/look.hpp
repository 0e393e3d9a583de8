// SPDX-License-Identifier: Apache-2.0
// A detector at work on a trial and on its quiet twin, period by period, as it would have been live.
#pragma once

#include "rules/detectors/method.hpp"
#include "rules/detectors/quality/score.hpp"

namespace forewarn::detectors {

// What is known of a period while it lasts, where part of its cases comes a day later.
enum class lateness {
  none,    // all of it, always
  ignored, // the part is taken for the whole, and is not looked at again
  awaited, // nothing is asked before the period is complete, one period later
  scaled,  // the part is compared with a part of the expectation, and the whole again when it is there
};

struct look_options {
  lateness late = lateness::none;
  bool quiet = true; // the twin too
};

// Limits that a chart would begin anew at are not in force where only strangeness is asked for: see `without_limit`.
[[nodiscard]] said_of_trial look_at(const trial& about, std::string_view name, std::span<const setting> settings,
                                    const look_options& by);

// Settings under which a method's score does not hang on its own limit.
[[nodiscard]] std::vector<setting> without_limit(std::string_view name, std::vector<setting> settings);

} // namespace forewarn::detectors
