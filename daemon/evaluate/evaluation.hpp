// SPDX-License-Identifier: Apache-2.0
// Several ways to raise alarms, scored on the same trials: each at its own settings, and all of them at limits where
// they cost as many false episodes, which alone makes them comparable. Prints nothing.
#pragma once

#include "rules/detectors/quality/look.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace forewarn::evaluate {

// What is scored: a method with its settings, or a rule of a rule set. One object serves many threads.
struct contender {
  std::string name; // "ears method=C2"
  std::function<detectors::said_of_trial(const detectors::trial&)> look;
  bool comparable = false; // says how strange a period is, so that its limit can be moved
};

// A method as it is written: "nb_multiwindow", "ears method=C2 baseline=28". An error says what is wrong with it.
[[nodiscard]] result<contender, std::string> method_contender(const std::string& written,
                                                              const detectors::look_options& by);

// Figures of all trials, or of those of one group.
struct group_quality {
  std::string group; // "" is all; else "mean 0.3", "spike"
  detectors::quality of;
};

struct contender_score {
  std::string name;
  std::vector<group_quality> as_set; // the first is of all
  bool matched = false;
  double limit = 0; // of strangeness, where false episodes are as many as asked for
  std::vector<group_quality> at_equal;
  detectors::figure more; // found more than by the first that is matched, at equal false episodes, by pairs
};

struct trials {
  std::vector<detectors::trial> all;
  double periods_a_year = 365;
  std::string period = "day"; // "week"
};

struct evaluation_options {
  double episodes_a_year = 1;                // 0: nothing is matched
  std::function<void(std::size_t)> progress; // counts looks: trials times contenders
};

[[nodiscard]] trials make_trials(const detectors::trial_plan& plan);
[[nodiscard]] std::vector<contender_score> evaluate_all(const trials& on, const std::vector<contender>& all,
                                                        const evaluation_options& by);

// What is scored when nobody says what: the shipped detectors, ours first.
[[nodiscard]] std::vector<std::string> usual_contenders(detectors::trial_design design, bool late);

} // namespace forewarn::evaluate
