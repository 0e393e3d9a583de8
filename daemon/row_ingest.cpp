// SPDX-License-Identifier: Apache-2.0
#include "daemon/row_ingest.hpp"

#include "daemon/completed_record.hpp"
#include "daemon/incident_joining.hpp"
#include "daemon/quarantine/raw_vault.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace forewarn {
namespace {

class batch_taker {
public:
  batch_taker(const row_batch& batch, const row_ingest& into) : batch_{batch}, into_{into} {}

  batch_outcome run() {
    outcome_.rows = static_cast<std::int64_t>(batch_.rows.size());
    const bool again = taken_before();
    for (std::size_t i = 0; i < batch_.rows.size(); ++i) {
      retried_ = batch_.retries.empty() ? 0 : batch_.retries.at(i);
      if (again)
        take_again(batch_.rows[i]);
      else
        take(batch_.rows[i]);
    }
    const auto accounted =
        outcome_.accepted + outcome_.duplicate + outcome_.stale + outcome_.unselected + outcome_.quarantined;
    if (accounted != outcome_.rows)
      throw std::logic_error{
          fmt::format("{} rows of feed {}, but {} results", outcome_.rows, batch_.feed.str(), accounted)};
    const auto now = into_.stamp();
    count(now);
    if (batch_.progress && !again) save_progress(*batch_.progress, now);
    return std::move(outcome_);
  }

private:
  // Rows out of quarantine were counted when they came: only their result changes.
  void count(instant now) {
    if (batch_.counted_before) return;
    feed_totals more{batch_.feed,
                     outcome_.rows,
                     outcome_.accepted,
                     outcome_.revised,
                     outcome_.withdrawn,
                     outcome_.duplicate,
                     outcome_.stale,
                     outcome_.unselected,
                     outcome_.quarantined,
                     outcome_.odd_times,
                     {}};
    if (!batch_.retries.empty()) {
      more.rows = 0;
      more.quarantined -= outcome_.rows;
    }
    into_.ledger.count_rows(more, batch_.retries.empty() ? now : instant{});
  }

  // One result per row; what leaves quarantine leaves it whole.
  void settled(row_fate fate) {
    switch (fate.result) {
    case row_result::accepted: ++outcome_.accepted; break;
    case row_result::duplicate: ++outcome_.duplicate; break;
    case row_result::stale: ++outcome_.stale; break;
    case row_result::unselected: ++outcome_.unselected; break;
    case row_result::quarantined: ++outcome_.quarantined; break;
    }
    if (fate.revised) ++outcome_.revised;
    if (fate.withdrawn) ++outcome_.withdrawn;
    if (retried_ != 0 && fate.result != row_result::quarantined) {
      if (const auto was = into_.ledger.quarantined_by_id(retried_); was && into_.raw_rows != nullptr)
        into_.raw_rows->discard(was->raw);
      into_.ledger.release(retried_);
    }
    if (batch_.want_fates) outcome_.fates.push_back(std::move(fate));
  }

  // These very rows, by the content they came in: a body that is sent again.
  [[nodiscard]] bool taken_before() const {
    if (!batch_.progress || batch_.rows.empty() || batch_.progress->rows_done == 0) return false;
    const auto before = into_.ledger.file_by_hash(batch_.feed, batch_.progress->content_hash);
    return before && batch_.progress->rows_done <= before->rows_done;
  }

  // A record that the same content corrects further down must not come back as the newer one. A record that is not
  // stored is one that could not be used then: the feed's mapping may have been mended since.
  void take_again(const connectors::taken_row& row) {
    const auto* seen = std::get_if<observation>(&row.what);
    if (seen != nullptr && !into_.ledger.latest(seen->key)) return take(row);
    const bool left_out = std::holds_alternative<connectors::unselected>(row.what);
    settled({left_out ? row_result::unselected : row_result::duplicate});
  }

  void take(const connectors::taken_row& row) {
    const auto known = outcome_.duplicate + outcome_.stale;
    if (const auto* seen = std::get_if<observation>(&row.what))
      take_observation(row, *seen);
    else if (const auto* bad = std::get_if<connectors::rejected>(&row.what))
      refuse(row, *bad, into_.stamp(), {});
    else
      settled({row_result::unselected});
    if (outcome_.duplicate + outcome_.stale > known) return; // sent again: its words were counted when it first came
    for (const auto& unknown : row.unknown) {
      const bool first = into_.ledger.note_unknown_word(batch_.feed, unknown.column, unknown.word, into_.stamp());
      if (first && is_news() && arrival::is_unknown_code(unknown.code))
        into_.news->unknown(unknown.column, unknown.word, row.line, false);
    }
  }

  void take_observation(const connectors::taken_row& row, const observation& seen) {
    const auto now = into_.stamp();
    if (!row.withdraws_only && seen.occurred_at > now + future_tolerance) {
      refuse(
          row,
          {"", "future",
           fmt::format("it occurred at {}, more than 10 minutes ahead of this machine's clock ({}): check the "
                       "sender's clock and the time zone in the feed's mapping",
                       format_rfc3339(seen.occurred_at), format_rfc3339(std::chrono::floor<std::chrono::seconds>(now))),
           format_rfc3339(seen.occurred_at)},
          now, seen.occurred_at);
      return;
    }
    const bool looked_for = !into_.may_be_stored || into_.may_be_stored(seen.key);
    const auto stored = looked_for ? into_.ledger.latest(seen.key) : std::nullopt;
    auto arrived = arrived_form(stored, row, seen, batch_.conflict);
    std::optional<joined_incident> joined;
    if (row.near && !row.withdraws_only) {
      joined =
          join_incident(*row.near, arrived.occurred_at, stored, [this](const auto& place, instant from, instant to) {
            return into_.ledger.incidents_near(batch_.feed, place, from, to);
          });
      arrived.incident = joined->id;
    }
    if (row.odd_civil_time) ++outcome_.odd_times;
    const auto verdict = judge(stored, arrived, batch_.conflict);
    // Also of a record that is known already: the feed may keep references since yesterday only.
    if (!row.partner_reference.empty() && verdict.result != row_result::stale)
      into_.ledger.save_partner_reference(seen.key, row.partner_reference);
    if (verdict.result != row_result::accepted) return settled({verdict.result});
    if (joined && joined->begins)
      into_.ledger.begin_incident(batch_.feed, row.near->place, {arrived.occurred_at, joined->id});
    // The partner's own time of sending is kept beside ours; the engine's time is the moment of taking.
    if (!arrived.sent_at && arrived.has_own_received_at && arrived.received_at != instant{} && !row.withdraws_only)
      arrived.sent_at = arrived.received_at;
    arrived.received_at = now;
    arrived.has_own_received_at = true;
    into_.ledger.append(arrived);
    settled({row_result::accepted, verdict.revises, verdict.withdraws, {}});
    into_.evaluate(arrived);
  }

  // What is read once more was told when it came.
  [[nodiscard]] bool is_news() const {
    return into_.news != nullptr && !batch_.counted_before && batch_.retries.empty();
  }

  void refuse(const connectors::taken_row& row, connectors::rejected why, instant now, std::optional<instant> due) {
    if (is_news() && due) into_.news->future(row.line, *due);
    if (is_news() && (arrival::is_unknown_code(why.code) || why.code == "unknown-substance"))
      into_.news->unknown(why.column, why.shown, row.line, true);
    if (outcome_.reasons.size() < most_reasons)
      outcome_.reasons.push_back({row.line, why.column, why.code, why.reason});
    quarantined_row kept{retried_,   batch_.feed, batch_.source, row.line, why.column, why.code,
                         why.reason, why.shown,   now,           {},       due};
    if (retried_ != 0) {
      // Its place in the partner's file is what it was.
      if (const auto was = into_.ledger.quarantined_by_id(retried_)) kept.line = was->line;
      into_.ledger.quarantine_again(kept);
    } else {
      if (into_.raw_rows != nullptr && !row.raw.empty()) kept.raw = into_.raw_rows->keep(batch_.feed, row.raw, now);
      into_.ledger.quarantine(kept);
    }
    settled({row_result::quarantined, false, false, std::move(why)});
  }

  // Counts go on from what earlier batches of the same file left.
  void save_progress(file_checkpoint progress, instant now) {
    const auto before = into_.ledger.file_by_hash(batch_.feed, progress.content_hash).value_or(file_checkpoint{});
    progress.feed = batch_.feed;
    // Batches of one file wait side by side; where an earlier one was not saved, this one must not claim its rows.
    if (progress.rows_done - outcome_.rows > before.rows_done)
      throw std::runtime_error{fmt::format("rows {} to {} of {} were not saved; these rows wait for them",
                                           before.rows_done, progress.rows_done - outcome_.rows, progress.name)};
    if (progress.rows_done == 0) progress.rows_done = before.rows_done + outcome_.rows;
    progress.accepted = before.accepted + outcome_.accepted;
    progress.revised = before.revised + outcome_.revised;
    progress.withdrawn = before.withdrawn + outcome_.withdrawn;
    progress.duplicate = before.duplicate + outcome_.duplicate;
    progress.stale = before.stale + outcome_.stale;
    progress.unselected = before.unselected + outcome_.unselected;
    progress.quarantined = before.quarantined + outcome_.quarantined;
    progress.updated_at = now;
    into_.ledger.save(progress);
  }

  const row_batch& batch_;
  const row_ingest& into_;
  batch_outcome outcome_;
  std::int64_t retried_ = 0; // the number in quarantine of the row at hand
};

} // namespace

row_verdict judge(const std::optional<observation>& stored, const observation& arrived,
                  connectors::conflict_rule conflict) {
  const row_verdict taken{row_result::accepted, stored.has_value() && !arrived.withdrawn, arrived.withdrawn};
  if (!stored || arrived.revision > stored->revision) return taken;
  if (arrived.revision < stored->revision) return {row_result::stale};
  if (same_content(*stored, arrived)) return {row_result::duplicate};
  if (arrived.withdrawn && stored->withdrawn) return {row_result::duplicate};
  if (conflict == connectors::conflict_rule::first_wins && !arrived.withdrawn) return {row_result::duplicate};
  return taken;
}

observation completed_withdrawal(const std::optional<observation>& stored, observation arrived) {
  if (!stored) {
    arrived.withdrawn = true;
    return arrived;
  }
  auto out = *stored;
  out.withdrawn = true;
  // A row without a revision of its own takes back what is there, whatever its number.
  out.revision = std::max(stored->revision, arrived.revision);
  return out;
}

batch_outcome take_rows(const row_batch& batch, const row_ingest& into) {
  return batch_taker{batch, into}.run();
}

observation arrived_form(const std::optional<observation>& stored, const connectors::taken_row& row,
                         const observation& seen, connectors::conflict_rule conflict) {
  if (row.withdraws_only) return completed_withdrawal(stored, seen);
  const bool adds = conflict == connectors::conflict_rule::completes && stored && !stored->withdrawn &&
                    seen.revision == stored->revision;
  return adds ? completed_record(*stored, seen) : seen;
}

} // namespace forewarn
