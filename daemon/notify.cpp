// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify.hpp"

#include <cstdlib>
#include <ctime>

#include <systemd/sd-daemon.h>

namespace forewarn::notify {

void ready(const std::string& status) {
  (void)sd_notifyf(0, "READY=1\nSTATUS=%s", status.c_str());
}
void reloading() {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
                   static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
}
bool is_heard() {
  return std::getenv("NOTIFY_SOCKET") != nullptr; // NOLINT(concurrency-mt-unsafe): nobody sets it
}
void stopping() {
  (void)sd_notify(0, "STOPPING=1\nSTATUS=finishing what was taken");
}
void alive() {
  (void)sd_notify(0, "WATCHDOG=1");
}

std::optional<duration> watchdog_period() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0 || microseconds == 0) return {};
  return duration{static_cast<std::int64_t>(microseconds)};
}

} // namespace forewarn::notify
