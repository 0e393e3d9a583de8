// SPDX-License-Identifier: Apache-2.0
#include "daemon/tuning/scan_look.hpp"

#include "rules/activity.hpp"
#include "rules/held_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::tuning {

scan_look::scan_look(const rules::rule& by, std::shared_ptr<const reference_data> reference)
    : by_{by}, reference_{std::move(reference)}, judge_{by_, *reference_},
      calendar_{rules::period_length::day, reference_->local_zone} {}

std::vector<rules::looked_back> scan_look::at_end_of(rules::period day, const std::vector<observation>& revisions,
                                                     const std::vector<feed_turn>& turns, instant at_most) const {
  const auto ends = std::min(calendar_.end(day), at_most);
  std::vector<observation> known;
  for (const auto& one : revisions)
    if (one.received_at < ends && rules::observes(by_, one.key.feed, one.kind)) known.push_back(one);
  std::vector<feed_turn> heard;
  std::copy_if(turns.begin(), turns.end(), std::back_inserter(heard),
               [&](const feed_turn& turn) { return turn.at < ends; });
  return rules::clusters_on(by_, judge_, rules::standing(known), heard, day, *reference_);
}

std::string scan_look::day_text(rules::period day) const {
  return reference_->local_zone.format(calendar_.begin(day) + std::chrono::hours{12}).substr(0, 10);
}

std::string scan_look::words(const rules::cluster& what) const {
  const auto days = what.first == what.last ? day_text(what.last)
                                            : fmt::format("{} to {}", day_text(what.first), day_text(what.last));
  return fmt::format("{:g} in {}, {}, where {:g} were to be expected; log-likelihood ratio {:.1f}; chance alone shows "
                     "as strong a cluster {}{}",
                     what.observed, rules::places_words(what, judge_.layout(), *reference_), days,
                     rules::rounded(what.expected), what.llr, what.recurrence_days < 2 ? "on " : "once in ",
                     rules::recurrence_words(what.recurrence_days));
}

std::string scan_look::lacking_words(const rules::cluster& what) const {
  if (what.level) return {};
  const auto& lowest = how().recurrence.front();
  return fmt::format(", and {} asks for {:g} days", to_text(lowest.level), lowest.at_least);
}

} // namespace forewarn::tuning
