// SPDX-License-Identifier: Apache-2.0
// What a scan rule says of records as they stand, for tools: counted anew, with no engine's memory. And its words.
#include "rules/activity.hpp"
#include "rules/held_rules.hpp"
#include "rules/machines/measuring.hpp"
#include "rules/scan/cluster.hpp"
#include "rules/scan/new_feeds.hpp"

#include "forewarn/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

missing_days silent_days(const rule& by, const std::vector<feed_turn>& turns, const periods& calendar) {
  missing_days out;
  overdue_feeds overdue;
  bool was = false;
  for (const auto& turn : turns) {
    if (!overdue.take(turn)) continue;
    const bool is = overdue.touch(by);
    if (is && !was) out.emplace_back(calendar.of(turn.at), std::numeric_limits<period>::max());
    if (!is && was) out.back().second = calendar.of(turn.at);
    was = is;
  }
  return out;
}

std::vector<feed_beginning> beginnings_of(const rule& by, const std::vector<const observation*>& records) {
  std::map<feed_id, instant> first;
  for (const auto* one : records) {
    if (!observes(by, one->key.feed, one->kind)) continue;
    const auto [it, fresh] = first.try_emplace(one->key.feed, one->occurred_at);
    if (!fresh) it->second = std::min(it->second, one->occurred_at);
  }
  std::vector<feed_beginning> out;
  for (const auto& [feed, at] : first) out.push_back({feed, at});
  return out;
}

struct seen_series {
  period first = std::numeric_limits<period>::max();
  std::map<std::pair<std::uint32_t, period>, std::vector<const observation*>> cells;
};

} // namespace

std::vector<looked_back> clusters_on(const rule& by, const cluster_judge& judge,
                                     const std::vector<const observation*>& records,
                                     const std::vector<feed_turn>& turns, period day, const reference_data& reference) {
  const auto& made = std::get<scan_detector>(by.detector);
  const periods calendar{period_length::day, reference.local_zone};
  const auto missing = silent_days(by, turns, calendar);
  const auto beginnings = beginnings_of(by, records);
  const new_feeds fresh{beginnings, calendar};
  const auto recent = first_of_last(made.most_days, day, missing);
  std::map<series_key, seen_series> all;
  for (const auto& [series, held] : activity_of(by_area(by, made.areas), records, reference).series) {
    const auto area = reference.areas.find(area_code{series.back().second});
    const auto place = area ? judge.layout().position_of[*area] : area_layout::nowhere;
    auto& one = all[series_key(series.begin(), series.end() - 1)];
    for (const auto* record : held) {
      const auto on = calendar.of(record->occurred_at);
      one.first = std::min(one.first, on);
      if (place == area_layout::nowhere || on > day) continue;
      if (on >= recent && fresh.is_new(record->key.feed, on)) continue;
      one.cells[{place, on}].push_back(record);
    }
  }
  const measuring measured{made.measure};
  std::vector<looked_back> out;
  for (const auto& [series, one] : all) {
    std::vector<placed_count> counts;
    for (const auto& [cell, held] : one.cells) {
      tally sum;
      for (std::size_t i = 0; i < held.size(); ++i)
        sum.add(measured.measured(static_cast<observation_index>(i), *held[i]).adds());
      counts.push_back({cell.first, cell.second, static_cast<std::uint32_t>(std::max(0.0, to_value(sum.total())))});
    }
    out.push_back({series, day > one.first ? static_cast<std::size_t>(day - one.first) : 0,
                   judge.best(day, one.first, counts, missing)});
  }
  return out;
}

double rounded(double expected) {
  if (!(expected > 0)) return 0;
  const auto scale = std::pow(10.0, 2 - std::floor(std::log10(expected)));
  return std::round(expected * scale) / scale;
}

std::string recurrence_words(double days) {
  if (days < 2) return "most days";
  if (days < 730) return fmt::format("{:.0f} days", days);
  if (days < 365e4) return fmt::format("{:.0f} years", days / 365.25);
  return "10,000 years and more";
}

std::string places_words(const cluster& what, const area_layout& over, const reference_data& reference) {
  constexpr std::size_t named = 5;
  std::vector<std::string> names;
  for (const auto place : what.places) {
    if (names.size() == named && what.places.size() > named + 1) {
      names.push_back(fmt::format("{} more", what.places.size() - named));
      break;
    }
    names.push_back(reference.areas.row(over.areas[place]).name);
  }
  return join_and(names);
}

} // namespace forewarn::rules
