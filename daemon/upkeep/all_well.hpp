// SPDX-License-Identifier: Apache-2.0
// The daily mail to operators: what was taken, found and sent since the last one, and what stands. That it does not
// come means trouble too.
#pragma once

#include "daemon/audit/entry.hpp"
#include "daemon/upkeep/room.hpp"
#include "forewarn/after_signal.hpp"
#include "forewarn/operator_notice.hpp"
#include "forewarn/store.hpp"
#include "forewarn/zone.hpp"

#include <map>
#include <string>

namespace forewarn {

struct all_well_facts {
  instant since, now;
  std::vector<feed_totals> feeds; // rows since then; every feed that is configured, also the silent
  std::vector<operator_notice> standing;
  figures_since figures;
  std::int64_t signals_open = 0, assessments_open = 0, deliveries_pending = 0, notices_waiting = 0;
  std::vector<mute> mutes; // that stand
  std::optional<disk_room> room;
  audit::head audit; // in a mail that leaves this machine, it proves later that nothing before it was changed
};

// Reads them; `totals_before` are those of the last mail, and are replaced by today's.
[[nodiscard]] all_well_facts read_all_well(const store_reader& from, const std::vector<feed_id>& configured,
                                           std::map<std::string, feed_totals>& totals_before, instant since,
                                           instant now, std::optional<disk_room> room);

[[nodiscard]] operator_notice write_all_well(const all_well_facts& facts, const zone& local);

// The totals as a mark of the store keeps them.
[[nodiscard]] std::string totals_to_text(const std::map<std::string, feed_totals>& totals);
[[nodiscard]] std::map<std::string, feed_totals> totals_from_text(const std::string& text);

} // namespace forewarn
