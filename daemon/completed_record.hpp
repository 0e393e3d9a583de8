// SPDX-License-Identifier: Apache-2.0
// One record that a partner tells in several rows: a laboratory's sample with a line for each compound, its card before
// the result. Takes nothing away: that is what a withdrawal or a higher revision is for.
#pragma once

#include "forewarn/observation.hpp"

namespace forewarn {

// `stored` with what `arrived` says: its substances and attributes are added, a field that both give is the later
// one's. Both are of one identity and one revision.
[[nodiscard]] observation completed_record(const observation& stored, const observation& arrived);

} // namespace forewarn
