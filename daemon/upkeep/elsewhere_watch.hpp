// SPDX-License-Identifier: Apache-2.0
// Looks for alerts from elsewhere: asks feeds by HTTPS, reads mail folders, and enters what is new as reports for the
// panel. Used on one worker thread; blocks on the network and the disk.
#pragma once

#include "daemon/desk.hpp"
#include "daemon/in_force.hpp"
#include "daemon/operator_notices.hpp"
#include "daemon/panel/policy.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace forewarn {

class elsewhere_watch {
public:
  // Once a minute. A source that fails is an operator's notice until it works again.
  void look(const in_force& now, desk& state, operator_notices& notices, instant at);

  // The mails of a folder that are alerts, entered and moved to cur/; those of other senders stay where they lie.
  // Answers how many were entered.
  std::size_t read_folder(const panel::elsewhere_source& from, const std::filesystem::path& folder, desk& state);

  // What a feed's document lists that is new and no older than a week, entered; at most twenty at once, the others the
  // next time. Answers how many were entered; throws where it is no feed.
  std::size_t read_feed(const panel::elsewhere_source& from, const std::string& document, desk& state, instant at);

private:
  std::map<std::string, instant> next_;          // by source
  std::map<std::string, instant> failing_since_; // by source
  std::set<std::string> seen_;                   // what was entered or passed over since the start
};

} // namespace forewarn
