// SPDX-License-Identifier: Apache-2.0
// A made-up record as a feed's partner would write it, made from the feed's own file so that it cannot disagree with
// it: for the page that tells the partner how, and for the daily canary. It names no person and no place.
#pragma once

#include "connectors/feed.hpp"

#include <string>
#include <utility>
#include <vector>

namespace forewarn {

// How that evening is written by a feed's time format, "%d/%m/%Y %H:%M" or "iso"; `year` in the place of its year.
[[nodiscard]] std::string example_time(const std::string& pattern, const std::string& year = "2026");

// Columns and what stands in them, in the mapping's order; empty where nothing can be made up. It happened in the
// evening of the first of March 2026.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> example_record(const connectors::feed& of,
                                                                              const std::string& id);

// That record as a whole file: with a header line, or within the document that the feed expects.
[[nodiscard]] std::string example_file(const connectors::feed& of, const std::string& id = "1001");

} // namespace forewarn
