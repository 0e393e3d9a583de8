// SPDX-License-Identifier: Apache-2.0
// The arrival contract as arithmetic: when the next arrival is due, and what an arrival changes. Pure; asks no clock.
#pragma once

#include "connectors/feed.hpp"
#include "forewarn/store.hpp"
#include "forewarn/zone.hpp"

#include <optional>

namespace forewarn::arrival {

// `every` alone: that long after `last`. With `by`: that time of day, `every` days on; an arrival counts for the
// deadline that it is nearest to, so that one that came late is not taken for the next one come early.
[[nodiscard]] instant due_after(const connectors::arrival_contract& by, const zone& local, instant last);

// What the store counts of a feed: usable rows ever (all but those refused), and when some came last.
struct counted_rows {
  std::int64_t usable = 0;
  std::optional<instant> last;
};
[[nodiscard]] counted_rows counted(const feed_totals& totals);

// The watch as it stands after what has come. Overdue or not is not decided here.
[[nodiscard]] feed_watch after_arrivals(const connectors::arrival_contract& by, const zone& local, feed_watch before,
                                        const counted_rows& rows);

// "rows at least every 2 hours", "each day by 09:00, 20 rows or more".
[[nodiscard]] std::string spell(const connectors::arrival_contract& by);

} // namespace forewarn::arrival
