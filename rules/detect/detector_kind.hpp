// SPDX-License-Identifier: Apache-2.0
// A detector as the rule language knows it: its name, how its options are read and checked, what its meaning is, how
// it is said in English. A new detector is one file that defines one of these, and one line in the table.
#pragma once

#include "rules/plan.hpp"
#include "rules/read/noun.hpp"
#include "rules/syntax/reading.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace forewarn::rules {

struct detector_kind {
  std::string_view name;
  // Nothing after a complaint. `so_far` has what the rule observes, its `where`, grouping and level.
  std::optional<detector> (*read)(const reading& from, const yaml::node& options, const rule& so_far);
  // The window of the rule: its default `clear_after`, which may not be shorter. Nothing: seven days, no limit.
  std::optional<duration> (*window)(const detector& made);
  // The part of the rule's meaning that is the detector's, its levels among it.
  std::string (*canonical)(const rule& one, const reference_data& reference);
  // What happens when, after "in each ward, ": "when 3 or more ambulance call-outs ... within 24 hours: amber".
  std::string (*sentence)(const rule& one, const observed_words& words, const reference_data& reference);
};

// In the order of the alternatives of `detector`.
[[nodiscard]] std::span<const detector_kind* const> detector_kinds();
[[nodiscard]] const detector_kind& kind_of(const detector& made);

// The value of `detect:`, which must name exactly one detector.
[[nodiscard]] std::optional<detector> read_detector(const reading& from, const yaml::node& detect, const rule& so_far);

extern const detector_kind every_record_kind;
extern const detector_kind count_kind;
extern const detector_kind rate_kind;
extern const detector_kind share_kind;
extern const detector_kind spike_kind;
extern const detector_kind unusual_kind;
extern const detector_kind together_kind;
extern const detector_kind sequence_kind;
extern const detector_kind first_seen_kind;
extern const detector_kind scan_kind;
// And `periodic_kind` in rules/detect/periodic.hpp.

} // namespace forewarn::rules
