// SPDX-License-Identifier: Apache-2.0
// What is urgent and has not arrived within minutes, although its destination is not known to be down: told once per
// message, by the channels that are left, so that somebody picks up the telephone in time. Notices of trouble with
// messages are not themselves told of.
#pragma once

#include "daemon/alerting/outgoing.hpp"

namespace forewarn::alerting {

// A red message, and any to those on call, is expected to arrive within this.
inline constexpr duration urgent_within = std::chrono::minutes{5};

// In the desk's transaction. Answers of how many messages somebody is told now.
std::size_t tell_of_late(const setup& with, store& ledger, instant now);

} // namespace forewarn::alerting
