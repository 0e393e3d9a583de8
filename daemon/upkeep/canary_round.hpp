// SPDX-License-Identifier: Apache-2.0
// The canary's day: sent at its hour down every way, judged half an hour later. Both are noted in the store, so that a
// restart in between changes nothing. Used on one worker thread; blocks on the disk, the desk and the local socket.
#pragma once

#include "daemon/desk.hpp"
#include "daemon/in_force.hpp"

#include <string>

namespace forewarn {

class canary_round {
public:
  // Once a minute.
  void look(const in_force& now, desk& state, instant at);

private:
  void send(const in_force& now, desk& state, const std::string& day);

  std::string sent_day_, judged_day_; // what is known without asking the store
};

} // namespace forewarn
