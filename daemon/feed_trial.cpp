// SPDX-License-Identifier: Apache-2.0
#include "daemon/feed_trial.hpp"

#include "daemon/incident_joining.hpp"
#include "daemon/row_ingest.hpp"

#include <unordered_map>

namespace forewarn {
namespace {

class trial {
public:
  trial(const connectors::feed& from, const trial_limits& shown, const trial_listener& each)
      : from_{from}, shown_{shown}, each_{each} {}

  void take(const connectors::taken_row& row) {
    ++out.rows;
    if (row.odd_civil_time) ++out.odd_civil_times;
    for (const auto& word : row.unknown) ++out.unknown[{word.column, word.word}];
    if (const auto* seen = std::get_if<observation>(&row.what)) {
      take_observation(row, *seen);
    } else if (const auto* why = std::get_if<connectors::rejected>(&row.what)) {
      ++out.quarantined;
      ++out.refusals[{why->column, why->code}];
      if (out.refused.size() < shown_.refusals) out.refused.push_back({row.line, *why});
    } else {
      ++out.unselected;
    }
  }

  feed_trial out;

private:
  void take_observation(const connectors::taken_row& row, const observation& seen) {
    const auto before = stored_.find(seen.key.id);
    const auto stored = before == stored_.end() ? std::optional<observation>{} : std::optional{before->second};
    auto arrived = arrived_form(stored, row, seen, from_.conflict);
    if (row.near && !row.withdraws_only) give_incident(*row.near, stored, arrived);
    const auto verdict = judge(stored, arrived, from_.conflict);
    if (verdict.result == row_result::duplicate) {
      ++out.duplicate;
      return;
    }
    if (verdict.result == row_result::stale) {
      ++out.stale;
      return;
    }
    ++out.accepted;
    if (verdict.revises) ++out.revised;
    if (verdict.withdraws) ++out.withdrawn;
    if (out.first.size() < shown_.observations) out.first.push_back({row.line, arrived});
    if (each_ && (stored || !row.withdraws_only)) each_(arrived);
    stored_.insert_or_assign(arrived.key.id, std::move(arrived));
  }

  void give_incident(const connectors::near_calls& near, const std::optional<observation>& stored, observation& to) {
    const auto joined =
        join_incident(near, to.occurred_at, stored, [this](const auto& place, instant from, instant until) {
          return begun_.near(place, from, until);
        });
    to.incident = joined.id;
    if (joined.begins) begun_.begin(near.place, {to.occurred_at, joined.id});
  }

  const connectors::feed& from_;
  const trial_limits& shown_;
  const trial_listener& each_;
  std::unordered_map<record_id, observation> stored_;
  begun_in_memory begun_;
};

} // namespace

feed_trial try_feed(const connectors::feed& from, connectors::byte_source bytes, const trial_limits& shown,
                    std::string_view content_type, const trial_listener& each) {
  trial running{from, shown, each};
  const auto stream = connectors::read_rows(from, std::move(bytes), content_type);
  std::vector<connectors::taken_row> rows;
  constexpr std::size_t batch = 500;
  for (bool more = true; more;) {
    rows.clear();
    more = stream->next(rows, batch);
    for (const auto& row : rows) running.take(row);
  }
  running.out.broken = stream->broken();
  running.out.broken_line = stream->broken_line();
  return std::move(running.out);
}

} // namespace forewarn
