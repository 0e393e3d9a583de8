// SPDX-License-Identifier: Apache-2.0
// Which words of a text the vocabulary's keeper should see: single words that may be drugs and are in no list. A free
// text holds names of people, so a word must look like a drug's name or stand where one would; what has a digit in it,
// or is everyday English, never counts. How few people a word must be shared by before anyone sees it is settled where
// the words are listed.
#pragma once

#include "connectors/mapping/text_tokens.hpp"

#include <span>
#include <string>
#include <vector>

namespace forewarn::connectors {

// `known[i]`: token i belongs to something that was understood.
[[nodiscard]] std::vector<std::string> review_words(std::span<const text_token> tokens, const std::vector<bool>& known);

} // namespace forewarn::connectors
