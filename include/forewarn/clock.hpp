// SPDX-License-Identifier: Apache-2.0
// The one place where "now" comes from. The rules library never sees it.
#pragma once

#include "forewarn/instant.hpp"

namespace forewarn {

class clock {
public:
  virtual ~clock() = default;
  [[nodiscard]] virtual instant now() const = 0;
};

class system_clock final : public clock {
public:
  [[nodiscard]] instant now() const override {
    return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
  }
};

} // namespace forewarn
