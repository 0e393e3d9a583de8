// SPDX-License-Identifier: Apache-2.0
// From a record beyond its retention to what is kept of it, and back to what rules may still know. Pure.
#pragma once

#include "forewarn/observation.hpp"
#include "forewarn/remembered.hpp"
#include "forewarn/zone.hpp"

#include <vector>

namespace forewarn {

// One count of the record itself, and one per substance it held.
[[nodiscard]] std::vector<daily_count> counts_of(const observation& record, const zone& local);

// As the engine is told of it: the beginning of the first day and the end of the last.
[[nodiscard]] std::vector<observation> to_observations(const remembered& past, const zone& local);

} // namespace forewarn
