// SPDX-License-Identifier: Apache-2.0
// One look at all feeds with an arrival contract: who has fallen silent, who is back, who is gone. Inside the desk's
// transaction, so that the turn, the signals it holds and the notice about it are durable together.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/desk.hpp"
#include "forewarn/zone.hpp"

#include <cstddef>
#include <vector>

namespace forewarn::arrival {

struct looked {
  std::size_t watched = 0; // feeds; with none there is nothing to look at until the configuration changes
  std::size_t overdue = 0;
};

// Nobody is called overdue within the first minutes after `started_at`: what came while nobody listened is read first.
looked look(desk_view& view, const std::vector<connectors::feed>& feeds, const zone& local, instant started_at);

} // namespace forewarn::arrival
