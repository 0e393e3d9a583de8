// SPDX-License-Identifier: Apache-2.0
// When what waited is told, and how long Forewarn may be away before what arises next is told together. Local time.
#pragma once

#include "forewarn/instant.hpp"

#include <chrono>

namespace forewarn::alerting {

struct digest_times {
  std::chrono::minutes digest_at = std::chrono::hours{8};
  unsigned weekly_on = 0; // 0 = Monday
  duration outage_after = std::chrono::minutes{30};
};

} // namespace forewarn::alerting
