// SPDX-License-Identifier: Apache-2.0
// What a rule looks at, as an English noun phrase: "ambulance call-outs about an opioid, not in prison (or with no
// setting recorded),". One place for singular, plural and the commas.
#pragma once

#include "rules/plan.hpp"

#include <string>

namespace forewarn::rules {

struct observed_words {
  std::string one;            // "ambulance call-out"
  std::string many;           // "ambulance call-outs"
  std::string qualified;      // " about an opioid, in prison": follows either; empty where all count
  bool closing_comma = false; // the qualifiers end in an apposition: a comma comes before the verb

  [[nodiscard]] std::string plural() const { return many + qualified + (closing_comma ? "," : ""); }
};

[[nodiscard]] observed_words words_of(const rule& one, const reference_data& reference);

// "a" or "an".
[[nodiscard]] std::string article_of(std::string_view noun);

} // namespace forewarn::rules
