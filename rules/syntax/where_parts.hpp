// SPDX-License-Identifier: Apache-2.0
// Parts of a `where` put together: all of them, one of them, none of it; and where nothing could satisfy the whole.
#pragma once

#include "rules/plan.hpp"
#include "rules/syntax/reading.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn::rules {

struct impossible {
  location at;
  std::string why;
};

// A part of the condition, where it stands, and why nothing can satisfy it. Without a condition after a complaint.
struct where_part {
  std::optional<condition> what;
  location at;
  std::optional<impossible> cannot;
};

// All must hold. Points at the first part that cannot hold together with those before it; `among` is what the rule
// observes, of which nothing may be left either.
[[nodiscard]] where_part join(const reading& from, std::vector<where_part> parts, const location& at,
                              const observed& among = {});

// One must hold. Impossible if every branch is; some dead branches are worth a warning.
[[nodiscard]] where_part either(const reading& from, std::vector<where_part> parts, const location& at);

// It must not hold. One that cannot hold anyway is worth a warning.
[[nodiscard]] where_part none_of(const reading& from, where_part inner, const location& at);

} // namespace forewarn::rules
