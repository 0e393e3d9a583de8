// SPDX-License-Identifier: Apache-2.0
// The daemon's time: the machine's, except that it does not go back with it. Where the machine's clock is set back,
// this one goes on from where it was at half speed until both agree: what is due stays due at its time, nothing waits
// an hour, and no record is received before one that came earlier. Any thread.
//
// It follows the machine back where the step is more than a day: then the earlier time was the wrong one.
#pragma once

#include "forewarn/clock.hpp"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

namespace forewarn {

class onward_clock final : public clock {
public:
  using ticks = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr duration most_ahead = std::chrono::hours{24};

  // `last`: the latest instant that an earlier run is known to have reached.
  explicit onward_clock(const clock& machine, std::optional<instant> last = {},
                        ticks steady = &std::chrono::steady_clock::now);

  [[nodiscard]] instant now() const override;
  [[nodiscard]] duration ahead() const; // of the machine's clock; zero, unless it was set back

private:
  instant look() const;

  const clock& machine_;
  ticks steady_;
  mutable std::mutex mutex_;
  mutable instant machine_last_, last_;
  mutable std::chrono::steady_clock::time_point tick_;
  mutable duration ahead_{};
};

} // namespace forewarn
