// SPDX-License-Identifier: Apache-2.0
// A file through a feed's mapping without taking it: what every row would become, judged as the desk would judge it
// against the rows before it in the same file. Touches no store and no clock, so it knows nothing of earlier files.
#pragma once

#include "connectors/feed.hpp"
#include "forewarn/observation.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace forewarn {

struct trial_row {
  std::int64_t line = 0;
  observation what;
};

struct trial_refusal {
  std::int64_t line = 0;
  connectors::rejected why;
};

struct feed_trial {
  std::int64_t rows = 0, accepted = 0, revised = 0, withdrawn = 0, duplicate = 0, stale = 0, unselected = 0,
               quarantined = 0;
  std::int64_t odd_civil_times = 0;                                     // in an hour that occurs twice, or never
  std::map<std::pair<std::string, std::string>, std::int64_t> refusals; // by column and code
  std::map<std::pair<std::string, std::string>, std::int64_t> unknown;  // by column and word
  std::vector<trial_row> first;                                         // of the accepted
  std::vector<trial_refusal> refused;                                   // the first
  std::optional<connectors::rejected> broken;                           // the file could not be read to its end
  std::int64_t broken_line = 0;

  // Something of the file could be used, to its end. A file of no rows is a quiet day, not a fault.
  [[nodiscard]] bool usable() const { return !broken && (rows == 0 || quarantined < rows); }
};

struct trial_limits {
  std::size_t observations = 5;
  std::size_t refusals = 20;
};

// Hears of every accepted observation, revision and withdrawal in the file's order. A withdrawal of what the file has
// not shown before is left out: it says nothing but an id.
using trial_listener = std::function<void(const observation&)>;

[[nodiscard]] feed_trial try_feed(const connectors::feed& from, connectors::byte_source bytes,
                                  const trial_limits& shown, std::string_view content_type = {},
                                  const trial_listener& each = {});

} // namespace forewarn
