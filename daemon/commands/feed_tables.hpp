// SPDX-License-Identifier: Apache-2.0
// What `forewarn feeds` prints, as text for people and as JSON for programs.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/feed_trial.hpp"
#include "forewarn/store.hpp"
#include "forewarn/zone.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::commands {

// What the store knows of a feed; empty where nothing was stored yet.
struct feed_standing {
  feed_totals totals;
  std::optional<feed_watch> watch; // none: the daemon has not looked, or nothing is expected
};
using feed_standings = std::map<feed_id, feed_standing>;
[[nodiscard]] feed_standings standings(const store_reader& from);

[[nodiscard]] std::string feeds_as_table(const std::vector<connectors::feed>& feeds, const feed_standings& known,
                                         const zone& local);
[[nodiscard]] std::string feeds_as_json(const std::vector<connectors::feed>& feeds, const feed_standings& known);
[[nodiscard]] std::string feed_as_text(const connectors::feed& one);
[[nodiscard]] std::string feed_as_json(const connectors::feed& one);
[[nodiscard]] std::string trial_as_text(const feed_trial& trial, const feed_id& feed, std::string_view file);
[[nodiscard]] std::string trial_as_json(const feed_trial& trial);

} // namespace forewarn::commands
