// SPDX-License-Identifier: Apache-2.0
// The same work for many things that know nothing of each other, on as many threads as there are cores.
#pragma once

#include <cstddef>
#include <functional>

namespace forewarn::evaluate {

// Runs job(0) to job(n - 1) in any order and returns when all are done. What one throws is thrown here, the rest is
// then left undone. `done` (may be empty) hears from the calling thread how many are, now and then.
void run_on_all_cores(std::size_t n, const std::function<void(std::size_t)>& job,
                      const std::function<void(std::size_t)>& done = {});

} // namespace forewarn::evaluate
