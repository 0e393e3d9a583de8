// SPDX-License-Identifier: Apache-2.0
// The parts of `together` and `sequence`: what each observes, what it must be, how it is said.
#pragma once

#include "rules/detect/detector_kind.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace forewarn::rules {

// True of a `detect:` whose parts say themselves what they observe.
[[nodiscard]] bool observes_by_parts(const yaml::node& detect);

// `{observe, feeds, where}`, with `count` where `counted`. What the rule itself observes holds for a part that says
// nothing of it, and the rule's `where` for every part. Nothing after a complaint.
[[nodiscard]] std::optional<rule_part> read_part(const reading& from, const yaml::node& part, std::string name,
                                                 const rule& so_far, bool counted);

// What a rule with these parts observes and asks: whatever one of them does.
void observe_parts(rule& made);

// All that an observation must be for the part: of what is observed, and the `where`.
[[nodiscard]] condition wanted_of(const rule_part& part);

[[nodiscard]] std::string canonical(const rule_part& one, const reference_data& reference);
[[nodiscard]] observed_words words_of(const rule_part& one, const reference_data& reference);

} // namespace forewarn::rules
