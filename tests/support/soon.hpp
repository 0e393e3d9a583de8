// SPDX-License-Identifier: Apache-2.0
// Waiting for what the daemon does on its own time: no longer than it takes, and not for ever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace forewarn::test {

// Whether `holds` came true within `patience`.
template <class Condition> bool soon(Condition holds, std::chrono::milliseconds patience = std::chrono::seconds{20}) {
  constexpr std::chrono::milliseconds look_every{50};
  std::mutex mutex;
  std::condition_variable nobody;
  std::unique_lock hold{mutex};
  for (std::chrono::milliseconds waited{0}; waited < patience; waited += look_every) {
    if (holds()) return true;
    nobody.wait_for(hold, look_every);
  }
  return holds();
}

} // namespace forewarn::test
