// SPDX-License-Identifier: Apache-2.0
// Why a rule said nothing of a series at a time: each record that was near, and what kept it from counting; what the
// count came to; and what else stood in the way. Works over any past; decides nothing.
#pragma once

#include "daemon/tuning/nearness.hpp"
#include "daemon/tuning/periods_now.hpp"
#include "forewarn/feed_turn.hpp"
#include "forewarn/result.hpp"
#include "rules/backtest.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::tuning {

enum class near_fate : std::uint8_t {
  counted,
  late,  // counts, but came too late to open a signal
  where, // a part of `where` does not hold
  withdrawn,
  not_known, // arrived after the moment asked about
};
[[nodiscard]] std::string_view to_words(near_fate how);

struct near_record {
  observation_key key;
  instant occurred_at, received_at;
  near_fate fate = near_fate::counted;
  std::string why; // in words; empty where it simply counts
};

struct why_not {
  duration window{};
  std::vector<near_record> records;               // of the series, within the window or not known yet; by time
  std::map<std::string, std::size_t> other_kinds; // of the series and window, which the rule does not observe
  std::size_t ungrouped = 0;                      // meet the rule in the window, and lack a field it groups by
  double count = 0;                               // by the rule's measure, in the window that ends at that moment
  counted_best best;                              // of the windows that end in it
  std::optional<step_up> missing;                 // what it would have taken; none: more of the same would not do
  std::optional<period_now> period;               // of a rule that counts by day or week: where the series stands
  std::optional<signal> open;                     // it did speak: the signal open at that moment
  std::vector<signal> earlier;                    // of that series, closed before; the newest first
  std::vector<std::string> notes;                 // what else stood in the way, one sentence each
};

// `revisions` in the order taken. The error says which field the rule does not group by, or
// which is left out.
[[nodiscard]] result<why_not, std::string> look_into(const rules::rule& by,
                                                     const std::shared_ptr<const reference_data>& reference,
                                                     const std::vector<observation>& revisions,
                                                     const std::vector<feed_turn>& turns, const series_key& series,
                                                     instant at, const rules::purged_teller& purged = {});

} // namespace forewarn::tuning
