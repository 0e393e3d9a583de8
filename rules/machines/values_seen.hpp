// SPDX-License-Identifier: Apache-2.0
// The values that first_seen watches in one observation: of a field, or pairs of a set field's members.
#pragma once

#include "rules/grouping.hpp"

#include <string>
#include <vector>

namespace forewarn::rules {

struct value_seen {
  std::string text;       // as recorded, never an ancestor; a pair is "a+b", in order
  bool confirmed = false; // by a laboratory: for substances
};

// Laboratory results that name no substance are never news.
[[nodiscard]] std::vector<value_seen> values_seen(const rule& by, const first_seen_detector& watched, const fact& seen,
                                                  const series_values& series, const reference_data& reference);

// Completes a series with the value, as a signal shows it.
void add_value(series_key& series, const rule& by, const first_seen_detector& watched, const std::string& text);

} // namespace forewarn::rules
