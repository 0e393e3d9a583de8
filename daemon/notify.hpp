// SPDX-License-Identifier: Apache-2.0
// What systemd is told. Without systemd every call does nothing.
#pragma once

#include "forewarn/instant.hpp"

#include <optional>
#include <string>

namespace forewarn::notify {

void ready(const std::string& status);
void reloading();
[[nodiscard]] bool is_heard(); // a service manager listens
void stopping();
void alive(); // the watchdog's ping

// How often systemd wants to hear `alive`; nothing where it does not.
[[nodiscard]] std::optional<duration> watchdog_period();

} // namespace forewarn::notify
