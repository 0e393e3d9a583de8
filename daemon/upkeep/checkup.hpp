// SPDX-License-Identifier: Apache-2.0
// The health report on one page: each finding is good, worth a look, or wrong, and says what to do. Works from files
// alone; what only a running daemon knows is added by whoever asked it.
#pragma once

#include "daemon/delivery/stuck.hpp"
#include "daemon/settings.hpp"
#include "daemon/store/backup.hpp"
#include "daemon/upkeep/room.hpp"
#include "forewarn/store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace forewarn::checkup {

enum class verdict : std::uint8_t {
  good,
  look,
  wrong
};

struct finding {
  verdict how = verdict::good;
  std::string what; // "disk", "feed ambulance"
  std::string text;
};
using findings = std::vector<finding>;

[[nodiscard]] findings on_configuration(const configuration& all);
[[nodiscard]] findings on_disk(const std::filesystem::path& state_dir, const std::optional<disk_room>& room);
[[nodiscard]] findings on_database(const result<database_health, std::string>& found);
// `synchronised`: whether the system says that its clock follows a time server; absent where it does not say.
[[nodiscard]] findings on_clock(instant now, std::optional<instant> last_received_at, std::optional<bool> synchronised,
                                const zone& local);
[[nodiscard]] findings on_feeds(const std::vector<connectors::feed>& feeds, const std::vector<feed_totals>& totals,
                                const std::vector<feed_watch>& watches, const zone& local);
[[nodiscard]] findings on_outbox(std::int64_t pending, std::optional<instant> oldest, std::int64_t lost_lately,
                                 instant now);
// Destinations that are down or said 410, and alerts that nobody has confirmed in time.
[[nodiscard]] findings on_destinations(const outbox::stuck& found, instant now, const zone& local);
// The ways that the daily canary came through, those it did not, and kinds of channel that none goes by.
[[nodiscard]] findings on_canaries(const configuration& all, const store_reader& stored, instant now,
                                   const zone& local);
[[nodiscard]] findings on_notices(const std::vector<operator_notice>& standing, const zone& local);
[[nodiscard]] findings on_certificates(const configuration& all, instant now);
// Every secret that a file of this machine holds: there, readable, and by nobody else.
[[nodiscard]] findings on_secrets(const configuration& all);

[[nodiscard]] std::optional<bool> clock_is_synchronised();

} // namespace forewarn::checkup
