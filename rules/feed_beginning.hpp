// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"

namespace forewarn::rules {

// The earliest record known of a feed that a rule observes.
struct feed_beginning {
  feed_id feed;
  instant at;
};

} // namespace forewarn::rules
