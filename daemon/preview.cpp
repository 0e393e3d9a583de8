// SPDX-License-Identifier: Apache-2.0
#include "daemon/preview.hpp"

#include "daemon/row_ingest.hpp"

namespace forewarn {

void preview::refuse(std::int64_t line, const std::string& column, const std::string& code, const std::string& reason) {
  ++outcome_.quarantined;
  if (outcome_.reasons.size() < most_reasons) outcome_.reasons.push_back({line, column, code, reason});
}

void preview::take(const connectors::taken_row& row, const store_reader& stored) {
  ++outcome_.rows;
  if (const auto* seen = std::get_if<observation>(&row.what))
    take_observation(row, *seen, stored);
  else if (const auto* bad = std::get_if<connectors::rejected>(&row.what))
    refuse(row.line, bad->column, bad->code, bad->reason);
  else
    ++outcome_.unselected;
}

void preview::take_observation(const connectors::taken_row& row, const observation& seen, const store_reader& stored) {
  if (!row.withdraws_only && seen.occurred_at > now_ + future_tolerance)
    return refuse(row.line, "", "future",
                  "it occurred more than 10 minutes ahead of this machine's clock: check the sender's clock and the "
                  "time zone in the feed's mapping");
  const auto earlier = taken_.find(seen.key);
  const auto before = earlier == taken_.end() ? stored.latest(seen.key) : std::optional{earlier->second};
  auto arrived = arrived_form(before, row, seen, conflict_);
  if (row.odd_civil_time) ++outcome_.odd_times;
  if (row.near && !row.withdraws_only) {
    const auto joined =
        join_incident(*row.near, arrived.occurred_at, before, [&](const auto& place, instant from, instant to) {
          auto begun = stored.incidents_near(seen.key.feed, place, from, to);
          const auto here = begun_.near(place, from, to);
          begun.insert(begun.end(), here.begin(), here.end());
          return begun;
        });
    arrived.incident = joined.id;
    if (joined.begins) begun_.begin(row.near->place, {arrived.occurred_at, joined.id});
  }
  const auto verdict = judge(before, arrived, conflict_);
  if (verdict.result == row_result::duplicate)
    ++outcome_.duplicate;
  else if (verdict.result == row_result::stale)
    ++outcome_.stale;
  else {
    ++outcome_.accepted;
    if (verdict.revises) ++outcome_.revised;
    if (verdict.withdraws) ++outcome_.withdrawn;
    taken_.insert_or_assign(seen.key, std::move(arrived));
  }
}

} // namespace forewarn
