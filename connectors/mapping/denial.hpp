// SPDX-License-Identifier: Apache-2.0
// What a text says of the drugs it names: that they were there, perhaps there, or not there. Words around a name
// decide, within its clause; a word that is neither a denial nor one that a denial reaches across ends the search, so
// "no pulse, heroin OD" denies no heroin.
#pragma once

#include "connectors/mapping/text_tokens.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace forewarn::connectors {

enum class standing : std::uint8_t {
  affirmed,
  doubted, // "?heroin", "possible spice", "not confirmed"
  denied   // "no fentanyl detected", "opioid overdose was not declared"
};

struct named_span {
  std::size_t first = 0, last = 0; // tokens, half open
};

// One standing for each of `names`, which stand in the order of the text.
[[nodiscard]] std::vector<standing> standings(std::span<const text_token> tokens, std::span<const named_span> names);

} // namespace forewarn::connectors
