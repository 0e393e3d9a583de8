// SPDX-License-Identifier: Apache-2.0
// `forewarn feeds words`: words that feeds sent and no vocabulary file has, for whoever keeps the vocabulary.
#pragma once

#include "daemon/commands/command.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace forewarn::commands {

// Fewer records than this, and a word of free text might be somebody's name: it is not shown.
inline constexpr std::int64_t fewest_records = 3;

// Of one feed (empty: of all), the most frequent first. Words met in fewer than three records are left out, save for
// feeds of drug tests: what a laboratory calls a sample is nobody's name, and its first sighting is what matters.
[[nodiscard]] std::vector<review_item> words_to_show(const std::vector<review_item>& all, const std::string& feed,
                                                     const std::vector<feed_id>& laboratories);

// How many words are kept of one feed (empty: of all).
[[nodiscard]] std::size_t words_of(const std::vector<review_item>& all, const std::string& feed);

// Under `feeds`.
void add_feed_words(CLI::App& feeds, context& shared);

} // namespace forewarn::commands
