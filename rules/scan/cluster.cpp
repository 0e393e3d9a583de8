// SPDX-License-Identifier: Apache-2.0
#include "rules/scan/cluster.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace forewarn::rules {
namespace {

area_layout layout_for(const rule& by, const reference_data& reference) {
  auto out = lay_out(by_area(by, std::get<scan_detector>(by.detector).areas), reference);
  if (!out) throw std::logic_error{fmt::format("rule '{}': {}", by.id.str(), out.error())};
  return std::move(*out);
}

// So many random worlds as strong settle that the lowest level is not reached, whatever the rest would have shown.
std::size_t enough_for(const scan_detector& by) {
  return static_cast<std::size_t>(static_cast<double>(by.replicates + 1) / by.recurrence.front().at_least) + 1;
}

detectors::scan_options options_for(const scan_detector& by) {
  detectors::scan_options out;
  out.model = by.poisson ? detectors::scan_model::poisson : detectors::scan_model::permutation;
  out.most_days = by.most_days;
  out.most_share = by.most_share;
  if (by.most_radius) out.most_radius = *by.most_radius;
  out.least_cases = static_cast<std::size_t>(std::ceil(by.min_count));
  out.replicates = by.replicates;
  out.enough = enough_for(by);
  out.seed = by.seed;
  return out;
}

std::optional<level> level_for(const std::vector<threshold>& levels, double recurrence_days) {
  std::optional<level> out;
  for (const auto& one : levels)
    if (recurrence_days >= one.at_least && (!out || one.level > *out)) out = one.level;
  return out;
}

} // namespace

bool is_missing(const missing_days& all, period day) {
  return std::any_of(all.begin(), all.end(),
                     [day](const auto& span) { return day >= span.first && day <= span.second; });
}

period first_of_last(std::size_t count, period day, const missing_days& missing) {
  auto out = day + 1;
  while (count > 0) {
    --out;
    const auto span = std::find_if(missing.begin(), missing.end(),
                                   [out](const auto& one) { return out >= one.first && out <= one.second; });
    if (span == missing.end())
      --count;
    else
      out = span->first; // all of it at once
  }
  return out;
}

cluster_judge::cluster_judge(const rule& by, const reference_data& reference)
    : by_{std::get<scan_detector>(by.detector)}, layout_{layout_for(by, reference)},
      scan_{std::make_unique<detectors::space_time_scan>(layout_.scan(options_for(by_)))} {}

std::optional<cluster> cluster_judge::best(period day, period first, std::span<const placed_count> all,
                                           const missing_days& missing) const {
  if (is_missing(missing, day) || day - first < static_cast<period>(by_.min_history)) return {};
  const auto begin = std::max(first, day - static_cast<period>(by_.baseline_days) + 1);
  std::vector<period> days;
  std::vector<std::size_t> column(static_cast<std::size_t>(day - begin) + 1);
  for (auto one = begin; one <= day; ++one) {
    column[static_cast<std::size_t>(one - begin)] = days.size();
    if (!is_missing(missing, one)) days.push_back(one);
  }
  detectors::scan_counts counts{layout_.places.size(), days.size(), {}};
  counts.cases.assign(counts.places * counts.days, 0);
  const auto newest = days[days.size() - std::min(by_.most_days, days.size())];
  double recent = 0;
  for (const auto& one : all) {
    if (one.day < begin || one.day > day || one.place >= counts.places || is_missing(missing, one.day)) continue;
    counts.cases[one.place * counts.days + column[static_cast<std::size_t>(one.day - begin)]] += one.cases;
    if (one.day >= newest) recent += one.cases;
  }
  if (recent < by_.min_count) return {};
  const auto found = scan_->scan(counts);
  const auto& what = found.by_centre[found.best];
  if (what.days == 0 || what.observed < by_.min_count) return {};
  cluster out;
  out.last = day;
  out.first = days[days.size() - what.days];
  const auto& zone = found.zones[what.centre];
  out.places.assign(zone.begin(), zone.begin() + static_cast<std::ptrdiff_t>(what.places));
  out.observed = what.observed;
  out.expected = what.expected;
  out.llr = what.llr;
  out.recurrence_days = scan_->chance_of(found, what.llr).recurrence_days;
  out.level = level_for(by_.recurrence, out.recurrence_days);
  return out;
}

} // namespace forewarn::rules
