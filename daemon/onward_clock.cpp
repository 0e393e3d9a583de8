// SPDX-License-Identifier: Apache-2.0
#include "daemon/onward_clock.hpp"

#include "forewarn/instant.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace forewarn {
namespace {
// Smaller steps are a time server's; they are waited out.
constexpr duration smallest_step = std::chrono::seconds{1};
} // namespace

onward_clock::onward_clock(const clock& machine, std::optional<instant> last, ticks steady)
    : machine_{machine}, steady_{std::move(steady)}, machine_last_{machine.now()}, last_{machine_last_},
      tick_{steady_()} {
  if (last && *last > machine_last_ && *last - machine_last_ <= most_ahead) {
    last_ = *last;
    ahead_ = *last - machine_last_;
  }
}

instant onward_clock::now() const {
  const std::lock_guard hold{mutex_};
  return look();
}

duration onward_clock::ahead() const {
  const std::lock_guard hold{mutex_};
  return look() - machine_last_;
}

instant onward_clock::look() const {
  const auto machine = machine_.now();
  const auto tick = steady_();
  const auto passed = std::chrono::duration_cast<duration>(tick - tick_);
  const auto expected = machine_last_ + passed;
  if (machine < machine_last_ - smallest_step) {
    const auto back = expected - machine;
    if (ahead_ + back > most_ahead) {
      spdlog::warn(
          "event=clock_set_back by=\"{}\" do=\"check the time server; the machine's time is taken, and new records "
          "are stamped just after the last ones until it has passed them\"",
          format_duration(std::chrono::floor<std::chrono::seconds>(back)));
      ahead_ = {};
      last_ = machine;
    } else {
      spdlog::warn(
          "event=clock_set_back by=\"{}\" do=\"check the time server; Forewarn goes on at its own time, slower, "
          "until the machine's clock has caught up\"",
          format_duration(std::chrono::floor<std::chrono::seconds>(back)));
      ahead_ += back;
    }
  } else if (machine > expected + smallest_step) {
    ahead_ -= std::min(ahead_, machine - expected); // set right again
  }
  ahead_ -= std::min(ahead_, passed / 2);
  machine_last_ = machine;
  tick_ = tick;
  last_ = std::max(last_, machine + ahead_);
  return last_;
}

} // namespace forewarn
