// SPDX-License-Identifier: Apache-2.0
// A rule's meaning as one canonical text, and its hash: the same for any layout and order of the YAML, another as soon
// as anything the rule finds could change. Titles, owners and what happens after the signal are no part of it.
#pragma once

#include "rules/plan.hpp"

#include <string>
#include <string_view>

namespace forewarn::rules {

[[nodiscard]] std::string canonical_text(const rule& one, const reference_data& reference);
[[nodiscard]] std::string canonical_text(const condition& wanted, const reference_data& reference);
[[nodiscard]] std::string canonical_number(double value); // shortest that reads back as the same number

// "sha256:" and 64 hexadecimal digits.
[[nodiscard]] std::string hash_of(std::string_view text);

} // namespace forewarn::rules
