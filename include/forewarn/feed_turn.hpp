// SPDX-License-Identifier: Apache-2.0
// A turn in a feed's own life that the rules must know of: it fell silent against its arrival contract, it spoke again,
// it was retired. Kept in the store like records, so that a restart and a backtest see the same.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/observation.hpp"
#include "forewarn/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace forewarn {

enum class feed_state : std::uint8_t {
  overdue, // what its contract promised did not come
  current, // it came after all
  retired, // the feed is configured no more
};
template <> struct spelling_of<feed_state> {
  static constexpr std::array words = std::to_array<std::string_view>({"overdue", "current", "retired"});
};

struct feed_turn {
  feed_id feed;
  kind_id kind; // of its records: rules that observe the kind observe the feed
  feed_state to = feed_state::overdue;
  instant at; // the engine's T
  friend bool operator==(const feed_turn&, const feed_turn&) = default;
};

// {"feed": "yas", "kind": "ambulance", "feed_state": "overdue", "at": "2026-03-01T10:00:00Z"}: a line between the
// observations of an export. An error is a sentence without the line's number.
[[nodiscard]] std::string to_json(const feed_turn& one);
[[nodiscard]] result<feed_turn, std::string> parse_feed_turn(std::string_view json);
// Whether the line is meant as one, whatever is wrong with it.
[[nodiscard]] bool is_feed_turn(std::string_view json);

} // namespace forewarn
