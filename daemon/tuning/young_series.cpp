// SPDX-License-Identifier: Apache-2.0
#include "daemon/tuning/young_series.hpp"

#include "daemon/retention/kept_days.hpp"
#include "rules/detect/periodic.hpp"
#include "rules/grouping.hpp"
#include "rules/held_rules.hpp"
#include "rules/kept_counts.hpp"
#include "rules/periodic/periods.hpp"

#include <algorithm>
#include <array>

namespace forewarn::tuning {
namespace {

using std::chrono::hours;

constexpr duration young = hours{24 * 28};
constexpr duration comes_within = hours{24 * 31}; // what came later than that after it happened is not looked for
constexpr std::array looks{hours{24 * 2}, hours{24 * 28}, hours{24 * 364}, hours{24 * 3640}};

bool is_of(const observation& seen, const signal& one, const rules::rule& by, const reference_data& reference) {
  if (!rules::observes(by, seen.key.feed, seen.kind)) return false;
  const auto form = rules::make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, &seen}, reference);
  if (!rules::holds(by.where, form)) return false;
  const auto all = rules::series_of(by, form, reference);
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& values) { return rules::to_series_key(by, values) == one.series; });
}

} // namespace

std::optional<instant> watched_only_since(const signal& one, const rules::rule& by, const store_reader& from,
                                          const reference_data& reference) {
  const auto* made = std::get_if<rules::periodic_detector>(&by.detector);
  if (made == nullptr || made->since) return {};
  const auto needed = static_cast<int>(rules::least_periods(*made)) * rules::length_of(made->every);
  const auto old_enough = one.window.from - needed - young;
  const auto& kept = retention::kept_in(from);
  std::optional<instant> first;
  const auto look = [&](const observation& seen) {
    if (is_of(seen, one, by, reference)) first = std::min(first.value_or(seen.occurred_at), seen.occurred_at);
  };
  const auto look_between = [&](instant begin, instant end) {
    for (const auto& feed : from.totals()) kept.each_standing(feed.feed, begin, end, end + comes_within, look);
  };
  auto end = old_enough;
  for (const auto back : looks) {
    look_between(old_enough - back, end);
    if (first) return {};
    end = old_enough - back;
  }
  if (rules::counts_stand_in(by, reference))
    kept.each_kept_day([&](const kept_day& past) { look(rules::like(past, reference)); });
  if (first && *first < old_enough) return {};
  look_between(old_enough, one.window.to);
  if (!first) return {};
  const rules::periods calendar{made->every, reference.local_zone};
  return calendar.begin(calendar.of(*first) + static_cast<rules::period>(rules::least_periods(*made)));
}

} // namespace forewarn::tuning
