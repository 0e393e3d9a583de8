// SPDX-License-Identifier: Apache-2.0
// A series of a scan rule at the end of a day: the best cluster of places and last days, how rare it is, and which
// level that is. Counts in, cluster out; who counts is the machine while it runs, and the tools that look back at
// records.
#pragma once

#include "rules/periodic/periods.hpp"
#include "rules/scan/area_layout.hpp"

#include "forewarn/feed_turn.hpp"
#include "forewarn/observation.hpp"
#include "forewarn/signal.hpp"

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace forewarn::rules {

struct cluster {
  period first = 0, last = 0;        // days; `last` is the one that has ended
  std::vector<std::uint32_t> places; // positions in the layout, the centre first, then the nearest
  double observed = 0, expected = 0, llr = 0;
  double recurrence_days = 1;             // run daily, chance shows one as strong once in so long
  std::optional<forewarn::level> level{}; // none: it is not rare enough
};

struct placed_count {
  std::uint32_t place = 0;
  period day = 0;
  std::uint32_t cases = 0;
};

// Days on which a feed was overdue, both ends included: nobody knows what they held.
using missing_days = std::vector<std::pair<period, period>>;
[[nodiscard]] bool is_missing(const missing_days& all, period day);
// The first of the last so many days up to this one that are not missing.
[[nodiscard]] period first_of_last(std::size_t count, period day, const missing_days& missing);

class cluster_judge {
public:
  // The rule has been loaded against this data. Throws std::logic_error where its areas cannot be laid out.
  cluster_judge(const rule& by, const reference_data& reference);

  // `day` has ended; `first` is the series' first, `all` what it counts by place and day, each at most once. Nothing
  // where the history is too short, the day missing, or no cluster holds `min_count`.
  [[nodiscard]] std::optional<cluster> best(period day, period first, std::span<const placed_count> all,
                                            const missing_days& missing) const;
  [[nodiscard]] const area_layout& layout() const noexcept { return layout_; }

private:
  scan_detector by_;
  area_layout layout_;
  std::unique_ptr<const detectors::space_time_scan> scan_;
};

// To three figures: an expected number is an estimate.
[[nodiscard]] double rounded(double expected);
// "most days", "120 days", "3 years".
[[nodiscard]] std::string recurrence_words(double days);
// "Armley, Beeston and 3 more", the centre first.
[[nodiscard]] std::string places_words(const cluster& what, const area_layout& over, const reference_data& reference);

// What a look back at records finds; what the machine finds too, where they are those that it knew.
struct looked_back {
  series_key series;
  std::size_t history = 0; // days before the one asked about
  std::optional<cluster> best;
};
// By series; `records` as `standing` gives them.
[[nodiscard]] std::vector<looked_back> clusters_on(const rule& by, const cluster_judge& judge,
                                                   const std::vector<const observation*>& records,
                                                   const std::vector<feed_turn>& turns, period day,
                                                   const reference_data& reference);

} // namespace forewarn::rules
