// SPDX-License-Identifier: Apache-2.0
// A clock that stands still until a test moves it. May be read from any thread.
#pragma once

#include "forewarn/clock.hpp"

#include <atomic>

namespace forewarn::test {

class manual_clock final : public clock {
public:
  explicit manual_clock(instant at) : microseconds_{at.time_since_epoch().count()} {}
  [[nodiscard]] instant now() const override { return instant{duration{microseconds_.load()}}; }
  void set(instant at) { microseconds_.store(at.time_since_epoch().count()); }
  void move(duration by) { microseconds_ += by.count(); }

private:
  std::atomic<duration::rep> microseconds_;
};

} // namespace forewarn::test
