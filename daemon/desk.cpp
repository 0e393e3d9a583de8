// SPDX-License-Identifier: Apache-2.0
#include "daemon/desk.hpp"

#include "daemon/alerting/process.hpp"
#include "daemon/crash_point.hpp"
#include "daemon/engine_memory.hpp"
#include "daemon/engine_snapshot.hpp"
#include "daemon/quarantine/raw_vault.hpp"
#include "daemon/row_ingest.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <malloc.h>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace forewarn {
namespace {

using steady = std::chrono::steady_clock;

// The wall clock may be set: no wait for a deadline is longer than this before it is looked at again.
constexpr auto longest_wait = std::chrono::seconds{30};
// After a failure of its own the desk tries again this much later.
constexpr auto pause_after_failure = std::chrono::seconds{1};

std::string what(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& why) {
    return why.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

// What reading and replaying many records took and freed stays with the process otherwise.
void give_back_memory() {
  (void)::malloc_trim(0);
}

std::exception_ptr stopping_error() {
  return std::make_exception_ptr(std::runtime_error{"the daemon is stopping and takes nothing more"});
}

} // namespace

struct desk::state {
  struct pending {
    std::size_t rows = 1;
    std::function<void(instant)> work; // inside the transaction, as a part of its own
    done tell;
  };

  state(store& ledger_in, const clock& time_in, std::shared_ptr<const rules::rule_set> rules_in,
        alerting::process& process_in, options how_in)
      : ledger{ledger_in}, time{time_in}, process{process_in}, how{how_in}, rules{std::move(rules_in)}, memory{rules} {
    last = engine_time(ledger).value_or(instant{});
    ledger.begin();
    try {
      rebuild();
      ledger.commit();
    } catch (...) {
      ledger.rollback();
      throw;
    }
    committed_rules = rules;
    give_back_memory();
    publish();
  }

  [[nodiscard]] pending as_job(row_batch rows, std::function<void(std::exception_ptr, batch_outcome)> tell);

  // --- the queue, from any thread

  bool submit(pending one, bool always = false) {
    {
      const std::lock_guard hold{mutex};
      if (stopping || (!always && full(one.rows))) return false;
      waiting_rows += one.rows;
      queue.push_back(std::move(one));
    }
    wake.notify_one();
    return true;
  }

  [[nodiscard]] bool full(std::size_t rows) const {
    return queue.size() >= how.queue_limit || (!queue.empty() && waiting_rows + rows > how.queue_rows);
  }

  // Blocks until there is room.
  void submit_when_room(pending one, bool always = false) {
    decltype(one.tell) refused;
    {
      std::unique_lock hold{mutex};
      room.wait(hold, [&] { return stopping || always || !full(one.rows); });
      if (stopping) {
        refused = std::move(one.tell);
      } else {
        waiting_rows += one.rows;
        queue.push_back(std::move(one));
      }
    }
    wake.notify_one();
    if (refused) refused(stopping_error());
  }

  // Blocks until the job is queued and committed; throws what it threw.
  void submit_and_wait(pending one, bool always = false) {
    auto answer = std::make_shared<std::promise<void>>();
    auto told = answer->get_future();
    one.tell = [answer](const std::exception_ptr& error) {
      if (error)
        answer->set_exception(error);
      else
        answer->set_value();
    };
    submit_when_room(std::move(one), always);
    told.get();
  }

  // --- the thread

  void loop() {
    for (;;) {
      auto group = next_group();
      if (!group) {
        if (how.snapshot != nullptr && unwritten > how.snapshot->when().at_stop) write_snapshot();
        return;
      }
      work_off(*group);
      if (how.snapshot != nullptr && unwritten > how.snapshot->when().when_idle && queued() == 0) write_snapshot();
    }
  }

  // A snapshot is of the rules that were in force then, and of no record that was purged since.
  void past_retold(const rule_change& by) {
    if (how.snapshot == nullptr) return;
    if (by.whole()) {
      unwritten = memory.replayed();
      how.snapshot->start_over(ledger);
    } else if (by.taken() > 0) {
      unwritten += by.taken();
    }
  }

  // The engine has taken what the store holds, and nothing waits. A disk that takes it not is the next job's trouble.
  void write_snapshot() {
    if (memory_stale) return;
    const auto before = std::exchange(unwritten, 0);
    const auto begun = steady::now();
    try {
      if (!how.snapshot->write(memory.engine(), ledger)) return;
      spdlog::info("event=engine_snapshot_written revisions={} seconds={:.2f}", before,
                   std::chrono::duration<double>(steady::now() - begun).count());
      give_back_memory();
    } catch (const store_error& why) {
      spdlog::warn(
          "event=engine_snapshot_failed error=\"{}\" do=\"look at the disk; the next start reads all records\"",
          why.what());
    }
  }

  [[nodiscard]] std::size_t queued() const {
    const std::lock_guard hold{mutex};
    return queue.size();
  }

  // Waits for jobs or a deadline; an empty group is a deadline. Nothing once the desk has stopped and is empty.
  std::optional<std::vector<pending>> next_group() {
    std::unique_lock hold{mutex};
    for (;;) {
      if (!queue.empty()) return take_group();
      if (stopping) return {};
      if (!deadline) {
        wake.wait(hold);
        continue;
      }
      const auto left = std::max<steady::duration>(*deadline - time.now(), not_before - steady::now());
      if (left <= steady::duration::zero()) return std::vector<pending>{};
      wake.wait_for(hold, std::min<steady::duration>(left, longest_wait));
    }
  }

  std::vector<pending> take_group() {
    std::vector<pending> group;
    std::size_t rows = 0;
    while (!queue.empty() && (group.empty() || rows + queue.front().rows <= how.group_rows)) {
      rows += queue.front().rows;
      group.push_back(std::move(queue.front()));
      queue.pop_front();
    }
    waiting_rows -= rows;
    room.notify_all();
    return group;
  }

  // One transaction. Nobody hears of success before the commit; if it fails, everybody hears of the failure.
  void work_off(std::vector<pending>& group) {
    std::vector<std::exception_ptr> errors(group.size());
    try {
      if (memory_stale) try_the_disk();
      ledger.begin();
      if (memory_stale) rebuild();
      handle_deadlines();
      for (std::size_t i = 0; i < group.size(); ++i) errors[i] = run_part(group[i].work);
      const auto claimed = claim_due();
      crash_point("desk.before-commit");
      // The raw rows first: one that nothing names is harmless, a name without its row is not.
      if (how.raw_rows != nullptr) how.raw_rows->commit();
      crash_point("desk.between-commits");
      ledger.commit();
      crash_point("desk.after-commit");
      settle_raw_rows();
      count_committed();
      memory_stale = false;
      committed_rules = rules;
      undo_rules = nullptr;
      recovered();
      if (claimed) claimed();
    } catch (...) {
      const auto why = std::current_exception();
      ledger.rollback();
      if (how.raw_rows != nullptr) how.raw_rows->rollback();
      uncommitted = {};
      // What the engine has seen may not be what the disk holds: it is rebuilt before the next job.
      memory_stale = true;
      rules = committed_rules;
      take_back_rules();
      failed(what(why), group.size());
      std::fill(errors.begin(), errors.end(), why);
    }
    publish();
    for (std::size_t i = 0; i < group.size(); ++i)
      if (group[i].tell) group[i].tell(errors[i]);
    crash_point("desk.after-telling");
  }

  // A rebuild reads everything: not while nothing can be written anyway.
  void try_the_disk() {
    ledger.begin();
    ledger.set_mark("desk.tried", format_rfc3339(time.now()));
    ledger.commit();
  }

  void take_back_rules() {
    if (const auto undo = std::exchange(undo_rules, nullptr)) undo();
  }

  void failed(const std::string& why, std::size_t jobs) {
    not_before = steady::now() + pause_after_failure;
    const bool news = healthy.exchange(false);
    if (news || jobs > 0)
      spdlog::error("desk: nothing of {} jobs was saved; error=\"{}\"; check the disk of the state folder", jobs, why);
    const std::lock_guard hold{mutex};
    trouble = why;
  }

  void recovered() {
    if (!healthy.exchange(true)) spdlog::info("desk: writes are on disk again");
    const std::lock_guard hold{mutex};
    trouble.clear();
  }

  // What left quarantine needs its raw form no longer; where that fails, it goes with its retention.
  void settle_raw_rows() {
    if (how.raw_rows == nullptr) return;
    try {
      how.raw_rows->settle();
    } catch (const store_error& why) {
      how.raw_rows->rollback();
      spdlog::warn("desk: raw rows of what left quarantine stay for now; error=\"{}\"", why.what());
    }
  }

  // A job that throws is undone alone. Throws only where the whole transaction is lost.
  std::exception_ptr run_part(const std::function<void(instant)>& work) {
    ledger.begin_part();
    process.begin_job();
    const auto seen_before = observed;
    const auto discarded_before = how.raw_rows == nullptr ? 0 : how.raw_rows->discarded();
    try {
      const auto now = stamp();
      work(now);
      save_grown();
      process.keep_current(ledger, now);
      memory.save_time(ledger);
      ledger.keep_part();
      uncommitted.add(std::exchange(fresh, {}));
      return nullptr;
    } catch (const disk_error&) {
      fresh = {};
      grown.clear();
      throw; // whatever else the transaction holds will not be written either
    } catch (...) {
      fresh = {};
      grown.clear();
      auto why = std::current_exception();
      if (how.raw_rows != nullptr) how.raw_rows->take_back_discarded(discarded_before);
      try {
        ledger.undo_part();
      } catch (const store_error&) { // the first error says why the database gave up
        std::rethrow_exception(why);
      }
      if (observed != seen_before) rebuild();
      return why;
    }
  }

  void handle_deadlines() {
    if (!deadline || *deadline > time.now() || steady::now() < not_before) return;
    const auto failed = run_part([this](instant now) {
      ++observed;
      memory.advance(now, events);
      pass_on(now);
      process.advance(ledger, now);
    });
    handled = deadline;
    if (!failed) return;
    not_before = steady::now() + pause_after_failure;
    spdlog::error("desk: what was due could not be handled and is tried again; error=\"{}\"", what(failed));
  }

  // Lost with the transaction, and then claimed by a later one.
  std::function<void()> claim_due() {
    std::function<void()> out;
    if (!claim_deliveries) return out;
    if (const auto due = ledger.next_due(); !due || *due > std::max(time.now(), last)) return out;
    const auto failed = run_part([&](instant now) {
      auto view = view_at(now);
      out = claim_deliveries(view);
    });
    if (!failed) return out;
    spdlog::error("desk: what is due to be sent could not be claimed and is tried again; error=\"{}\"", what(failed));
    return {};
  }

  batch_outcome take(const row_batch& batch) {
    arrival::intake_news news;
    auto outcome = take_rows(
        batch,
        {ledger, [this] { return stamp(); },
         [this](const observation& seen) {
           ++observed;
           ++unwritten;
           const auto before = steady::now();
           memory.observe(seen, ledger, events);
           fresh.evaluation.observe(std::chrono::duration<double>(steady::now() - before).count());
           fresh.saw(seen);
           pass_on(seen.received_at);
         },
         how.raw_rows, &news,
         [this](const observation_key& key) { return memory.engine().knows(key) || memory.engine().has_forgotten(); }});
    news.tell(batch.feed, batch.source, process, ledger, stamp());
    return outcome;
  }

  [[nodiscard]] desk_view view_at(instant now) {
    return {ledger, process, now,
            [this, now](const feed_id& feed, const kind_id& kind, feed_state to) {
              const feed_turn turn{feed, kind, to, now};
              ledger.append(turn);
              ++observed;
              memory.hear(turn, events);
              pass_on(now);
            },
            [this](const row_batch& rows) { return take(rows); }};
  }

  // Saves what the engine said, and lets the alert process act on it, event by event.
  void pass_on(instant now) {
    const auto said = std::exchange(events, {});
    for (const auto& event : said) {
      fresh.said(event);
      // Of a signal that only grows, the last state in this job is enough: what reads it comes after.
      if (event.what == signal_change::grew) {
        grown.insert_or_assign(event.now.id, event.now);
      } else {
        grown.erase(event.now.id);
        ledger.save(event.now);
      }
      ledger.remove_evidence(event.now.id, event.evidence_removed);
      ledger.add_evidence(event.now.id, event.evidence_added);
      process.take(event, ledger, now);
    }
  }

  void save_grown() {
    for (const auto& [id, state] : std::exchange(grown, {})) ledger.save(state);
  }

  void rebuild() {
    events.clear();
    grown.clear();
    const auto found = memory.rebuild(rules, ledger, stamp(), how.snapshot);
    unwritten = memory.replayed();
    if (found.any())
      spdlog::info("desk: signals brought into line with the rules; closed={} opened={} changed={}; nobody is told",
                   found.closed, found.opened, found.changed);
    if (found.closed > 0) process.after_new_rules(ledger, last);
  }

  instant stamp() {
    last = std::max(time.now(), last + duration{1});
    return last;
  }

  void count_committed() {
    const std::lock_guard hold{mutex};
    figures.add(std::exchange(uncommitted, {}));
  }

  // What other threads may see, and when the next deadline is.
  void publish() {
    std::optional<instant> next;
    if (!memory_stale) {
      next = memory.engine().next_deadline();
      try {
        if (const auto due = process.next_deadline(ledger); due && (!next || *due < *next)) next = due;
      } catch (const store_error& why) {
        healthy.store(false);
        next = time.now();
        not_before = steady::now() + pause_after_failure;
        spdlog::error("desk: cannot read what is due next; error=\"{}\"", why.what());
      }
      // A deadline that is still due after it was handled would spin. One that fell due while the jobs ran was not
      // handled yet, and must not wait: jobs that come again and again would put it off for ever.
      if (next && *next <= last && handled == next)
        not_before = std::max(not_before, steady::now() + pause_after_failure);
      handled.reset();
    } else {
      next = time.now();
    }
    const std::lock_guard hold{mutex};
    deadline = next;
    if (!memory_stale) counters = memory.engine().counters();
  }

  store& ledger;
  const clock& time;
  alerting::process& process;
  const options how;
  claim claim_deliveries; // set before the thread starts

  // Of the desk's thread alone.
  std::shared_ptr<const rules::rule_set> rules, committed_rules;
  engine_memory memory;
  bool memory_stale = false;
  std::function<void()> undo_rules; // what else was replaced with rules that are not committed yet
  std::vector<signal_event> events;
  std::map<signal_id, signal> grown; // not saved yet: their state after this job
  std::uint64_t observed = 0;        // how often the engine was told something
  std::size_t unwritten = 0;         // revisions since the last snapshot
  work_figures fresh, uncommitted;   // of this job, and of the jobs before it in this transaction
  instant last;
  steady::time_point not_before{};
  std::optional<instant> handled;  // the deadline that the jobs of this transaction found due
  std::optional<instant> deadline; // written under the mutex, by the desk's thread alone

  mutable std::mutex mutex;
  std::condition_variable wake, room;
  std::deque<pending> queue;
  std::size_t waiting_rows = 0;
  bool stopping = false;
  std::string trouble; // under the mutex
  std::vector<rules::rule_counters> counters;
  work_figures figures; // of what is committed

  std::atomic<bool> healthy{true};
  std::thread thread;
};

desk::desk(store& ledger, const clock& time, std::shared_ptr<const rules::rule_set> rules, alerting::process& process,
           options how)
    : state_{std::make_unique<state>(ledger, time, std::move(rules), process, how)} {}

desk::~desk() {
  stop();
}

void desk::start() {
  if (!state_->thread.joinable()) state_->thread = std::thread{[s = state_.get()] { s->loop(); }};
}

void desk::stop() {
  {
    const std::lock_guard hold{state_->mutex};
    state_->stopping = true;
  }
  state_->wake.notify_all();
  state_->room.notify_all();
  if (state_->thread.joinable()) state_->thread.join();
  for (auto& never : std::exchange(state_->queue, {}))
    if (never.tell) never.tell(stopping_error());
}

bool desk::submit(job work, done tell) {
  return state_->submit({1,
                         [s = state_.get(), work = std::move(work)](instant now) {
                           auto view = s->view_at(now);
                           work(view);
                         },
                         std::move(tell)});
}

// Rows as a job: what became of them is told with the commit.
desk::state::pending desk::state::as_job(row_batch rows, std::function<void(std::exception_ptr, batch_outcome)> tell) {
  const auto count = std::max<std::size_t>(rows.rows.size(), 1);
  auto outcome = std::make_shared<batch_outcome>();
  return {
      count,
      [this, batch = std::make_shared<const row_batch>(std::move(rows)), outcome](instant) { *outcome = take(*batch); },
      [outcome, tell = std::move(tell)](const std::exception_ptr& error) {
        if (tell) tell(error, error ? batch_outcome{} : std::move(*outcome));
      }};
}

bool desk::submit(row_batch rows, std::function<void(std::exception_ptr, batch_outcome)> tell) {
  return state_->submit(state_->as_job(std::move(rows), std::move(tell)));
}

void desk::hand_in(row_batch rows, std::function<void(std::exception_ptr, batch_outcome)> tell) {
  state_->submit_when_room(state_->as_job(std::move(rows), std::move(tell)));
}

void desk::when_due(claim take) {
  state_->claim_deliveries = std::move(take);
}

batch_outcome desk::run(row_batch rows) {
  const auto count = std::max<std::size_t>(rows.rows.size(), 1);
  batch_outcome outcome;
  state_->submit_and_wait({count, [&](instant) { outcome = state_->take(rows); }, {}});
  return outcome;
}

void desk::run(job work) {
  state_->submit_and_wait({1,
                           [&](instant now) {
                             auto view = state_->view_at(now);
                             work(view);
                           },
                           {}});
}

rule_differences desk::replace_rules(std::shared_ptr<const rules::rule_set> rules) {
  rule_change all{std::move(rules), nullptr};
  return replace_rules(all, {}, {});
}

rule_differences desk::replace_rules(rule_change& change, const job& also, const std::function<void()>& undo) {
  rule_differences found;
  state_->submit_and_wait({1,
                           [&](instant now) {
                             const auto before = std::exchange(state_->rules, change.to());
                             ++state_->observed; // where it throws, the engine is rebuilt
                             try {
                               found = state_->memory.adopt(change, state_->ledger, now);
                               state_->past_retold(change);
                               auto view = state_->view_at(now);
                               if (undo) state_->undo_rules = undo;
                               if (also) also(view);
                               if (found.closed > 0) view.process.after_new_rules(view.ledger, now);
                             } catch (...) {
                               state_->rules = before;
                               state_->take_back_rules();
                               throw;
                             }
                           },
                           {}},
                          true);
  return found;
}

std::size_t desk::queued() const noexcept {
  return state_->queued();
}

std::vector<rules::rule_counters> desk::counters() const {
  const std::lock_guard hold{state_->mutex};
  return state_->counters;
}

work_figures desk::figures() const {
  const std::lock_guard hold{state_->mutex};
  return state_->figures;
}

bool desk::healthy() const noexcept {
  return state_->healthy.load();
}

std::string desk::trouble() const {
  const std::lock_guard hold{state_->mutex};
  return state_->trouble;
}

} // namespace forewarn
