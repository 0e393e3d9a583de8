// SPDX-License-Identifier: Apache-2.0
// How sentences name fields and values: "a substance", "in prison", "an opioid".
#pragma once

#include "rules/condition.hpp"

#include "forewarn/reference.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace forewarn::rules {

struct counted_noun {
  std::string one;  // "ward"
  std::string many; // "wards"
};
[[nodiscard]] counted_noun value_noun(const field_name& what);

// "with no setting recorded"; empty for a field that is always there.
[[nodiscard]] std::string absent_words(const field_name& what);

// "heroin", "an opioid", "another kind of substance".
[[nodiscard]] std::string substance_words(const substance_id& id, const reference_data& reference);

// A closed field's values as a phrase after the noun: "in prison or on the street", "where the person died".
[[nodiscard]] std::string closed_phrase(field what, const std::vector<std::string>& values,
                                        const reference_data& reference);

// "Opioid" -> "opioid", but "GHB" and "Z-drug" stay.
[[nodiscard]] std::string lower_first(std::string_view text);
[[nodiscard]] std::string upper_first(std::string_view text);

} // namespace forewarn::rules
