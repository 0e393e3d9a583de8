// SPDX-License-Identifier: Apache-2.0
// What `forewarn feeds` prints, as text for people and as JSON for programs.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/feed_trial.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace forewarn::commands {

[[nodiscard]] std::string feeds_as_table(const std::vector<connectors::feed>& feeds);
[[nodiscard]] std::string feeds_as_json(const std::vector<connectors::feed>& feeds);
[[nodiscard]] std::string feed_as_text(const connectors::feed& one);
[[nodiscard]] std::string feed_as_json(const connectors::feed& one);
[[nodiscard]] std::string trial_as_text(const feed_trial& trial, const feed_id& feed, std::string_view file);
[[nodiscard]] std::string trial_as_json(const feed_trial& trial);

} // namespace forewarn::commands
