// SPDX-License-Identifier: Apache-2.0
// The desk: the one writer. Whatever changes state is a job on its thread; it groups waiting jobs into one
// transaction (append, evaluate, decide, enqueue, commit) and answers each only after the commit.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/batch_outcome.hpp"
#include "daemon/rule_change.hpp"
#include "daemon/work_figures.hpp"
#include "forewarn/clock.hpp"
#include "forewarn/store.hpp"
#include "rules/engine.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace forewarn {

namespace alerting {
class process;
}
class engine_snapshot;
class raw_vault;

// Rows of one feed with where they came from; `progress` is saved with them where they came from a file. The sender
// sets `rows_done` to what is taken once this batch is (0: the desk adds the batch to what was saved before) and
// `finished`; the desk adds up the counts.
struct row_batch {
  feed_id feed;
  std::string source; // file name, or "push"
  connectors::conflict_rule conflict = connectors::conflict_rule::latest_wins;
  std::vector<connectors::taken_row> rows;
  std::optional<file_checkpoint> progress; // counts are filled in by the desk
  bool want_fates = false;
  bool counted_before = false;       // read again: the feed's totals have these rows already
  std::vector<std::int64_t> retries; // rows out of quarantine: the number of each there; else empty
};

// What a job sees: the open transaction, the engine's present, and the one instant of this job.
struct desk_view {
  store& ledger;
  alerting::process& process;
  instant now; // strictly later than any instant the desk gave before
  // Writes down that a feed fell silent, came back or was retired, at `now`, and lets the engine act on it.
  std::function<void(const feed_id& feed, const kind_id& kind, feed_state to)> turn;
  // Takes rows in this job's transaction, like a batch that is handed in.
  std::function<batch_outcome(const row_batch& rows)> take = {};
};

class desk {
public:
  struct options {
    std::size_t queue_limit = 256;   // jobs; full means that `submit` answers false and the sender waits
    std::size_t queue_rows = 50'000; // rows waiting at most, so that memory is bounded (one batch always fits)
    std::size_t group_rows = 5'000;  // rows per transaction at most (one batch always fits)
    const engine_snapshot* snapshot = nullptr; // none: every start reads all records
    raw_vault* raw_rows = nullptr;             // where refused rows are kept as they came; none: they are not kept
  };
  using job = std::function<void(desk_view&)>;
  using done = std::function<void(std::exception_ptr)>; // null pointer: committed. Called on the desk's thread.

  // The engine is rebuilt from the store here: memory is a fold over what is durable. Throws store_error.
  desk(store& ledger, const clock& time, std::shared_ptr<const rules::rule_set> rules, alerting::process& process,
       options how);
  desk(const desk&) = delete;
  desk& operator=(const desk&) = delete;
  ~desk(); // stops

  // Called on the desk's thread as the last part of each transaction that leaves a delivery due; what it answers is
  // called once that is on disk, before anyone is told. So what a transaction makes can be claimed in it, and goes out
  // without waiting for a second. Set before `start`.
  using claim = std::function<std::function<void()>(desk_view&)>;
  void when_due(claim take);
  void start(); // starts the thread
  void stop();  // takes no more jobs, finishes and commits those queued, joins. Idempotent.

  // False when the queue is full or the desk is stopping. Never blocks.
  [[nodiscard]] bool submit(job work, done tell);
  // Like `submit` for rows; counts and reasons arrive with the commit.
  [[nodiscard]] bool submit(row_batch rows, std::function<void(std::exception_ptr, batch_outcome)> tell);
  // Waits for room, not for the commit: how a reader of files keeps the desk busy in bounded memory. A desk that stops
  // tells so. Never on the I/O thread or in a callback of the desk.
  void hand_in(row_batch rows, std::function<void(std::exception_ptr, batch_outcome)> tell);
  // Waits for room and for the commit, and throws what the job threw; for command-line use, tests and worker threads,
  // never on the I/O thread or in a callback of the desk. Deadlines that are due are handled before the job, so with
  // a clock that a test moves by hand `run([](desk_view&) {})` is the poke.
  batch_outcome run(row_batch rows);
  void run(job work);

  // New rules: engine rebuilt from the store, nothing is sent for the past. Runs as a job and waits for it; where it
  // throws, the old rules stay. Never from a callback of the desk.
  rule_differences replace_rules(std::shared_ptr<const rules::rule_set> rules);
  // The same for a change that was read beside the desk already: only what arrived meanwhile is left to read. `also`
  // (may be empty) runs in the same transaction, and `undo` on the desk's thread where that could not be committed.
  rule_differences replace_rules(rule_change& change, const job& also, const std::function<void()>& undo);

  [[nodiscard]] std::size_t queued() const noexcept;
  [[nodiscard]] std::vector<rules::rule_counters> counters() const; // as of the last commit
  [[nodiscard]] work_figures figures() const;                       // since the start, as of the last commit
  [[nodiscard]] bool healthy() const noexcept;                      // false after a commit failed until one succeeds
  [[nodiscard]] std::string trouble() const;                        // why it is not healthy; empty where it is

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace forewarn
