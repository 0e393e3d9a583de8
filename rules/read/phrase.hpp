// SPDX-License-Identifier: Apache-2.0
// A condition in English, as phrases that follow a noun: "about an opioid", "not in prison (or with no setting
// recorded)". A `not` of a field that may be absent says that what lacks it is kept.
#pragma once

#include "rules/plan.hpp"

#include <string>
#include <vector>

namespace forewarn::rules {

// How the noun speaks of substances: call-outs are about them, tests find them.
struct substance_verb {
  std::string does = "about";
  std::string does_not = "not about";
};

// One phrase for each part that must hold; none where everything does.
[[nodiscard]] std::vector<std::string> phrases_of(const condition& wanted, const substance_verb& verb,
                                                  const reference_data& reference);

} // namespace forewarn::rules
