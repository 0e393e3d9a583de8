// SPDX-License-Identifier: Apache-2.0
// What an operator must know of the daemon itself, never of drugs: a feed is overdue, the disk is full, a reload was
// refused. A notice stands under its key until it is cleared; while it stands it is not told again and again.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/instant.hpp"

#include <cstdint>
#include <string>

namespace forewarn {

struct operator_notice {
  std::string key;     // "feed.overdue|ambulance": one notice stands per key
  std::string type;    // "feed.overdue", "disk.low", "reload.failed": for programs; stable
  std::string about;   // feed, file or service it concerns; may be empty
  std::string subject; // one line
  std::string text;    // what it means, and what to do
  forewarn::level level = forewarn::level::amber;

  // Kept by the daemon.
  instant raised_at;
  instant told_at;        // when the services heard of it last
  std::int64_t times = 0; // how often it was raised while it stood

  friend bool operator==(const operator_notice&, const operator_notice&) = default;
};

} // namespace forewarn
