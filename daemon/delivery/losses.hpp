// SPDX-License-Identifier: Apache-2.0
// Messages that no channel brought to a service and that are not tried any more: somebody has to tell it another way.
#pragma once

#include "forewarn/store.hpp"

#include <chrono>
#include <stdexcept>
#include <vector>

namespace forewarn::outbox {

// After so long a lost message is history: `forewarn deliveries list --state dead` still has it.
inline constexpr duration shown_as_lost = std::chrono::hours{72};

class loss_reader {
public:
  virtual ~loss_reader() = default;
  // Given up after that instant, where none of the service's channels brought the message and no person of it said
  // that they have it; the newest first, a hundred at most. The messages' bodies are left out.
  [[nodiscard]] virtual std::vector<due_delivery> lost_since(instant at) const = 0;
};

// A store without this part is a bug.
[[nodiscard]] inline std::vector<due_delivery> lost_since(const store_reader& stored, instant at) {
  const auto* part = dynamic_cast<const loss_reader*>(&stored);
  if (part == nullptr) throw std::logic_error("this store does not know what was lost");
  return part->lost_since(at);
}

} // namespace forewarn::outbox
