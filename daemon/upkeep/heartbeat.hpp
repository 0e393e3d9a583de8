// SPDX-License-Identifier: Apache-2.0
// A sign of life to a watcher outside, who raises the alarm when it stays away: one GET, nothing of its answer but the
// status is read. Blocking, ten seconds at most; never on the I/O thread.
#pragma once

#include <string>

namespace forewarn {

// Empty where the watcher answered 2xx; else why not.
[[nodiscard]] std::string send_heartbeat(const std::string& url);

} // namespace forewarn
