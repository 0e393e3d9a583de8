// SPDX-License-Identifier: Apache-2.0
// The seam to durable state. One writer (the desk's thread) with transactions, any number of readers. Narrow enough
// that a second database needs these functions and nothing else; no SQL leaks out, no domain rule leaks in.
//
// Errors: a broken database or disk throws `store_error`. Nothing here fails because of what a partner sent.
#pragma once

#include "forewarn/alert.hpp"
#include "forewarn/delivery.hpp"
#include "forewarn/observation.hpp"
#include "forewarn/operator_notice.hpp"
#include "forewarn/signal.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace forewarn {

struct store_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A row that could not be used. The raw row is kept apart from the main store; `shown` is already redacted.
struct quarantined_row {
  std::int64_t id = 0; // given by the store
  feed_id feed;
  std::string source; // file name, or "push"
  std::int64_t line = 0;
  std::string column; // header, JSON pointer; may be empty
  std::string code;   // stable: "bad-time", "missing-id", "future"
  std::string reason; // for the partner's data people
  std::string shown;  // the offending value, redacted
  instant at;
};

// How far a file was taken; saved in the transaction of its rows.
struct file_checkpoint {
  feed_id feed;
  std::string content_hash; // "sha256:..."
  std::string name;
  std::int64_t size = 0;
  instant modified_at;
  std::int64_t rows_done = 0; // records fully taken
  bool finished = false;
  std::int64_t accepted = 0, revised = 0, withdrawn = 0, duplicate = 0, stale = 0, unselected = 0, quarantined = 0;
  instant updated_at;
};

// Rows of one feed so far, by result; `accepted` includes revised and withdrawn, which are counted apart as well.
struct feed_totals {
  feed_id feed;
  std::int64_t rows = 0, accepted = 0, revised = 0, withdrawn = 0, duplicate = 0, stale = 0, unselected = 0,
               quarantined = 0;
  std::optional<instant> last_arrival;
};

// Lists go from the newest to the oldest. The next page starts after the last item of this one, named by its row
// number (quarantine) or by its id (signals, assessments, alerts, deliveries); an id nobody knows gives an empty page.
struct page {
  std::int64_t after = 0; // 0 = from the newest
  std::size_t limit = 100;
  std::string after_id; // empty = from the newest
};

// A word that extraction did not know: for the vocabulary's keeper.
struct review_item {
  feed_id feed;
  std::string column;
  std::string word;
  std::int64_t times = 0;
  instant first_seen_at;
};

struct due_delivery {
  delivery row;
  forewarn::message message;
};

class store_reader {
public:
  virtual ~store_reader() = default;

  // Every revision and withdrawal, in the order in which they were taken.
  virtual void each_revision(const std::function<void(const observation&)>& take) const = 0;
  [[nodiscard]] virtual std::optional<observation> latest(const observation_key& key) const = 0;
  [[nodiscard]] virtual std::optional<instant> last_received_at() const = 0;

  [[nodiscard]] virtual std::optional<file_checkpoint> file_by_hash(const feed_id& feed,
                                                                    const std::string& content_hash) const = 0;
  [[nodiscard]] virtual bool file_finished(const feed_id& feed, const std::string& name, std::int64_t size,
                                           instant modified_at) const = 0;
  [[nodiscard]] virtual std::vector<feed_totals> totals() const = 0;
  [[nodiscard]] virtual std::vector<quarantined_row> quarantined(const std::optional<feed_id>& feed,
                                                                 page which) const = 0;
  [[nodiscard]] virtual std::vector<review_item> review_items() const = 0;

  [[nodiscard]] virtual std::optional<signal> signal_by_id(const signal_id& id) const = 0;
  [[nodiscard]] virtual std::vector<signal> signals(bool open_only, page which) const = 0;
  [[nodiscard]] virtual std::vector<observation_key> evidence(const signal_id& id) const = 0;

  [[nodiscard]] virtual std::optional<assessment> assessment_by_ref(const assessment_ref& ref) const = 0;
  [[nodiscard]] virtual std::optional<assessment> assessment_of(const signal_id& id) const = 0;
  [[nodiscard]] virtual std::vector<assessment> assessments(bool open_only, page which) const = 0;

  [[nodiscard]] virtual std::optional<alert> alert_by_ref(const alert_ref& ref) const = 0; // the newest version
  [[nodiscard]] virtual std::optional<alert> alert_of(const signal_id& id) const = 0;
  [[nodiscard]] virtual std::vector<alert> alerts(bool open_only, page which) const = 0;
  [[nodiscard]] virtual std::vector<alert> alerts_held() const = 0;

  [[nodiscard]] virtual std::optional<due_delivery> delivery_by_id(const message_id& id) const = 0;
  [[nodiscard]] virtual std::vector<due_delivery> deliveries(const std::optional<service_id>& to, page which) const = 0;
  // What was sent last about this ("FW-2026-0007 v1", a signal's id), as it was rendered then.
  [[nodiscard]] virtual std::optional<message> newest_message(const std::string& about) const = 0;
  [[nodiscard]] virtual std::int64_t deliveries_pending() const = 0;
  [[nodiscard]] virtual std::optional<instant> oldest_pending() const = 0;

  [[nodiscard]] virtual std::vector<operator_notice> operator_notices() const = 0; // that stand, oldest first
};

class store : public store_reader {
public:
  // Nothing is durable, and nobody may be told of it, before `commit` has returned.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;

  // A part of the transaction that can be undone alone; parts do not nest. `undo_part` throws where the database has
  // already given up the whole transaction (a full disk): then nothing but `rollback` is left.
  virtual void begin_part() = 0;
  virtual void keep_part() = 0;
  virtual void undo_part() = 0;

  // Appends a revision; the latest one of a key is what `latest` answers.
  virtual void append(const observation& revision) = 0;
  virtual void quarantine(const quarantined_row& row) = 0;
  virtual void save(const file_checkpoint& progress) = 0;
  virtual void count_rows(const feed_totals& more, instant at) = 0; // adds to the feed's totals
  virtual void note_unknown_word(const feed_id& feed, const std::string& column, const std::string& word,
                                 instant at) = 0;

  virtual void save(const signal& state) = 0; // inserts or replaces
  virtual void add_evidence(const signal_id& id, std::span<const observation_key> keys) = 0;
  virtual void remove_evidence(const signal_id& id, std::span<const observation_key> keys) = 0;

  virtual void save(const assessment& state) = 0;
  virtual void save(const alert& version) = 0; // inserts or replaces (ref, version)
  // Running numbers for references that people quote: 1, 2, 3 ... per name and year.
  [[nodiscard]] virtual std::int64_t next_number(const std::string& name) = 0;

  [[nodiscard]] virtual std::int64_t add_message(const message& content) = 0;
  virtual void enqueue(const delivery& row) = 0; // an id already there is left as it is
  // Due rows not leased by anyone, red first, then oldest; leased until `lease_until`.
  [[nodiscard]] virtual std::vector<due_delivery> claim_due(instant now, instant lease_until, std::size_t most) = 0;
  // Leases of a process that died: called once at start by the one writer, before the first claim.
  virtual void release_leases() = 0;
  [[nodiscard]] virtual std::optional<instant> next_due() const = 0;
  // A destination, or every channel of a kind, works again after it did not since `since`: what waits for it is due
  // now, and the clock of its tries stood still meanwhile.
  virtual void resume(const service_id& to, const std::string& channel, instant since, instant now) = 0;
  virtual void resume(channel_kind by, instant since, instant now) = 0;
  virtual void save(const delivery& outcome) = 0;

  virtual void save(const operator_notice& standing) = 0; // inserts or replaces by key
  virtual void remove_operator_notice(const std::string& key) = 0;

  // A small table of the daemon's own: schema-free marks such as the configuration's hash.
  [[nodiscard]] virtual std::optional<std::string> mark(const std::string& name) const = 0;
  virtual void set_mark(const std::string& name, const std::string& value) = 0;
};

} // namespace forewarn
