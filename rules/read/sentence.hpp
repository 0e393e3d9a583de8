// SPDX-License-Identifier: Apache-2.0
// A rule said back in plain English: "In each ward, when 3 or more ambulance call-outs about an opioid happen within
// 24 hours: amber; 5 or more: red." What managers read before a rule goes live, and every diff shows.
#pragma once

#include "rules/plan.hpp"

#include <string>
#include <vector>

namespace forewarn::rules {

[[nodiscard]] std::string sentence_of(const rule& one, const reference_data& reference);

// What the sentence leaves out, one sentence each: when signals close, what is late, what follows.
[[nodiscard]] std::vector<std::string> further_sentences(const rule& one);

} // namespace forewarn::rules
