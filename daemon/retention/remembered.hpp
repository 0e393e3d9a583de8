// SPDX-License-Identifier: Apache-2.0
// From records beyond their retention to what is kept of them, and back to what rules may still know. Pure.
#pragma once

#include "forewarn/observation.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/remembered.hpp"

#include <vector>

namespace forewarn {

// What is kept of records of one feed that go together, as they stand. Records of one incident, kind, place and day are
// one: it held what any of them did. Where another of them is among `staying` and holds as much, that one will count
// it. An incident whose records tell different places counts once in each.
[[nodiscard]] std::vector<daily_count> counts_of(const std::vector<observation>& going,
                                                 const std::vector<observation>& staying,
                                                 const reference_data& reference);

// As the engine is told of it: the beginning of the first day and the end of the last.
[[nodiscard]] std::vector<observation> to_observations(const remembered& past, const zone& local);

} // namespace forewarn
