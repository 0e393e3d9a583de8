// SPDX-License-Identifier: Apache-2.0
// Whether anything can satisfy a condition. Sound, not complete: what it calls impossible is impossible; it looks at
// one field at a time (areas of different levels together) and gives up, saying nothing, where the cases explode.
#pragma once

#include "rules/plan.hpp"

#include <optional>
#include <span>
#include <string>

namespace forewarn::rules {

// The field that leaves no value when all of `wanted` must hold of an observation that the rule observes; nothing
// where something may satisfy them. An empty `among` observes everything.
[[nodiscard]] std::optional<std::string> field_left_empty(std::span<const condition* const> wanted,
                                                          const observed& among, const reference_data& reference);

} // namespace forewarn::rules
