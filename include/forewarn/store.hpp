// SPDX-License-Identifier: Apache-2.0
// The seam to durable state. One writer (the desk's thread) with transactions, any number of readers. Narrow enough
// that a second database needs these functions and nothing else; no SQL leaks out, no domain rule leaks in.
//
// Errors: a broken database or disk throws `store_error`. Nothing here fails because of what a partner sent.
#pragma once

#include "forewarn/alert.hpp"
#include "forewarn/delivery.hpp"
#include "forewarn/feed_turn.hpp"
#include "forewarn/observation.hpp"
#include "forewarn/operator_notice.hpp"
#include "forewarn/remembered.hpp"
#include "forewarn/rule_version.hpp"
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

struct mute; // after_signal.hpp
struct told_signal;
struct waiting_notice;

struct store_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// The disk's fault (full, read-only, broken), not that of what was asked: nothing else can be written either.
struct disk_error : store_error {
  using store_error::store_error;
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
  std::string raw;               // under which the raw row lies in the quarantine file; empty: it was not kept
  std::optional<instant> due_at; // when it may be tried again by itself: a record of the future
};

// An incident that a record of that place began; later records nearby in time join it.
struct begun_incident {
  instant at;
  incident_id id;
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
  std::int64_t odd_times = 0; // in an hour that a change of clocks repeats or skips
  std::optional<instant> last_arrival;
};

// How a feed keeps its arrival contract, as of the last look at it.
struct feed_watch {
  feed_id feed;
  kind_id kind;
  instant kept_at;              // the arrival that kept it last; before the first, when the watching began
  std::int64_t rows_before = 0; // usable rows of the feed up to then
  instant due_at;               // the next one
  std::optional<instant> overdue_since;
  friend bool operator==(const feed_watch&, const feed_watch&) = default;
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
  std::int64_t times = 0; // records
  instant first_seen_at;
  instant last_seen_at;
};

// What lies beyond a feed's retention.
struct expired_counts {
  std::int64_t records = 0, quarantined = 0, unknown_words = 0;
  [[nodiscard]] bool any() const { return records + quarantined + unknown_words > 0; }
};

// What happened since an instant.
struct figures_since {
  std::int64_t signals_opened = 0, alerts_issued = 0, delivered = 0, lost = 0;
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
  // The same, of those taken after the one numbered `after` (0: all); answers the number of the last.
  virtual std::int64_t each_revision_after(std::int64_t after,
                                           const std::function<void(const observation&)>& take) const = 0;
  [[nodiscard]] virtual std::int64_t last_revision() const = 0; // the number of the last one taken; 0: none
  // Feeds that fell silent, came back or were retired after that instant, in order.
  [[nodiscard]] virtual std::vector<feed_turn> feed_turns(instant after) const = 0;
  // Whatever `look` reads is of one moment. Inside a transaction and outside; not nested.
  virtual void at_one_moment(const std::function<void()>& look) const = 0;
  [[nodiscard]] virtual std::optional<observation> latest(const observation_key& key) const = 0;
  // Whether a form of the record was taken before that instant.
  [[nodiscard]] virtual bool has_form_before(const observation_key& key, instant taken) const = 0;
  // Records of a feed that occurred from `from` to before `to` and are not withdrawn.
  [[nodiscard]] virtual std::vector<record_id> standing_records(const feed_id& feed, instant from,
                                                                instant to) const = 0;
  // The latest forms of all feeds' records of these kinds (none: all) that occurred from `from` to before `to` and are
  // not withdrawn, in no particular order.
  virtual void each_standing(const std::vector<kind_id>& kinds, instant from, instant to,
                             const std::function<void(observation)>& take) const = 0;
  // As `save_partner_reference` took it: only the partner can read it.
  [[nodiscard]] virtual std::optional<std::string> partner_reference(const observation_key& record) const = 0;
  [[nodiscard]] virtual std::optional<instant> last_received_at() const = 0;

  [[nodiscard]] virtual std::optional<file_checkpoint> file_by_hash(const feed_id& feed,
                                                                    const std::string& content_hash) const = 0;
  [[nodiscard]] virtual bool file_finished(const feed_id& feed, const std::string& name, std::int64_t size,
                                           instant modified_at) const = 0;
  [[nodiscard]] virtual std::vector<feed_totals> totals() const = 0;
  [[nodiscard]] virtual std::vector<feed_watch> feed_watches() const = 0;
  [[nodiscard]] virtual std::vector<quarantined_row> quarantined(const std::optional<feed_id>& feed,
                                                                 page which) const = 0;
  [[nodiscard]] virtual std::optional<quarantined_row> quarantined_by_id(std::int64_t id) const = 0;
  // Those whose time has come, the longest waiting first.
  [[nodiscard]] virtual std::vector<quarantined_row> quarantined_due(instant now, std::size_t most) const = 0;
  [[nodiscard]] virtual std::vector<review_item> review_items() const = 0;
  // Begun at that place (a pseudonym) between the two instants, both included; earliest first.
  [[nodiscard]] virtual std::vector<begun_incident> incidents_near(const feed_id& feed, const std::string& place,
                                                                   instant from, instant to) const = 0;

  [[nodiscard]] virtual std::optional<signal> signal_by_id(const signal_id& id) const = 0;
  [[nodiscard]] virtual std::vector<signal> signals(bool open_only, page which) const = 0;
  // From `from` to before `to`, in that order.
  [[nodiscard]] virtual std::vector<signal> signals_opened(instant from, instant to) const = 0;
  [[nodiscard]] virtual std::vector<signal> open_signals_of(const rule_id& rule) const = 0;
  [[nodiscard]] virtual std::vector<observation_key> evidence(const signal_id& id) const = 0;

  // Notices that wait and are to be looked at by then (instant::max(): all that wait), the longest waiting first.
  [[nodiscard]] virtual std::vector<waiting_notice> waiting_notices(instant look_at_by) const = 0;
  [[nodiscard]] virtual std::vector<waiting_notice> waiting_notices_of(const signal_id& id) const = 0; // and waited
  [[nodiscard]] virtual std::optional<told_signal> told(const signal_id& id) const = 0;
  [[nodiscard]] virtual std::vector<told_signal> told_due(instant now) const = 0; // to speak again, or weekly
  // How many signals of the rule were told as they arose, after that instant.
  [[nodiscard]] virtual std::int64_t told_at_once(const rule_id& rule, instant after) const = 0;
  [[nodiscard]] virtual std::vector<mute> mutes(bool standing_only) const = 0; // the newest first
  // The first instant at which one of these three falls due.
  [[nodiscard]] virtual std::optional<instant> next_after_signal() const = 0;

  [[nodiscard]] virtual std::optional<assessment> assessment_by_ref(const assessment_ref& ref) const = 0;
  [[nodiscard]] virtual std::optional<assessment> assessment_of(const signal_id& id) const = 0;
  [[nodiscard]] virtual std::vector<assessment> assessments(bool open_only, page which) const = 0;

  [[nodiscard]] virtual std::optional<alert> alert_by_ref(const alert_ref& ref) const = 0; // the newest version
  [[nodiscard]] virtual std::optional<alert> alert_of(const signal_id& id) const = 0;
  [[nodiscard]] virtual std::vector<alert> alerts(bool open_only, page which) const = 0;
  [[nodiscard]] virtual std::vector<alert> alerts_held() const = 0;

  [[nodiscard]] virtual std::optional<due_delivery> delivery_by_id(const message_id& id) const = 0;
  [[nodiscard]] virtual std::vector<due_delivery> deliveries(const std::optional<service_id>& to, page which) const = 0;
  // What has not arrived by that channel yet, oldest first; of the messages their heads, without text, html, json and
  // sms: after days of a dead mail server there are many.
  [[nodiscard]] virtual std::vector<due_delivery> undelivered(const service_id& to,
                                                              const std::string& channel) const = 0;
  // What was sent last about this ("FW-2026-0007 v1", a signal's id), as it was rendered then.
  [[nodiscard]] virtual std::optional<message> newest_message(const std::string& about) const = 0;
  [[nodiscard]] virtual std::int64_t deliveries_pending() const = 0;
  [[nodiscard]] virtual std::optional<instant> oldest_pending() const = 0;

  [[nodiscard]] virtual std::vector<operator_notice> operator_notices() const = 0; // that stand, oldest first

  // Of one rule, or of all: oldest first.
  [[nodiscard]] virtual std::vector<rule_version> rule_versions(const std::optional<rule_id>& of) const = 0;

  [[nodiscard]] virtual figures_since figures(instant since) const = 0;
  // Records of a feed whose newest revision was received before, and that hold up no open signal.
  [[nodiscard]] virtual std::vector<record_id> expired_records(const feed_id& feed, instant before,
                                                               std::size_t most) const = 0;
  [[nodiscard]] virtual expired_counts expired(const feed_id& feed, instant before) const = 0;
  // What is kept for ever of records that were purged.
  [[nodiscard]] virtual std::vector<remembered> remembered_all() const = 0;
  [[nodiscard]] virtual std::vector<daily_count> daily_counts() const = 0;

  // A small table of the daemon's own: schema-free marks such as the configuration's hash.
  [[nodiscard]] virtual std::optional<std::string> mark(const std::string& name) const = 0;
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
  // The partner's own reference, sealed for the partner; replaces an earlier one.
  virtual void save_partner_reference(const observation_key& record, const std::string& sealed) = 0;
  virtual void append(const feed_turn& turn) = 0;
  virtual void quarantine(const quarantined_row& row) = 0;
  virtual void quarantine_again(const quarantined_row& row) = 0; // tried once more in vain: its new column and reason
  virtual void release(std::int64_t quarantined) = 0;            // used, or given up: it is no longer in quarantine
  virtual void begin_incident(const feed_id& feed, const std::string& place, const begun_incident& one) = 0;
  virtual void save(const file_checkpoint& progress) = 0;
  virtual void count_rows(const feed_totals& more, instant at) = 0; // adds to the feed's totals
  virtual void save(const feed_watch& one) = 0;                     // inserts or replaces
  virtual void remove_feed_watch(const feed_id& feed) = 0;
  // Whether it is the first time ever.
  virtual bool note_unknown_word(const feed_id& feed, const std::string& column, const std::string& word,
                                 instant at) = 0;

  virtual void save(const signal& state) = 0; // inserts or replaces
  virtual void add_evidence(const signal_id& id, std::span<const observation_key> keys) = 0;
  virtual void remove_evidence(const signal_id& id, std::span<const observation_key> keys) = 0;

  virtual void save(const waiting_notice& one) = 0; // inserts one without id, else replaces
  virtual void save(const told_signal& one) = 0;    // inserts or replaces
  virtual void save(const mute& one) = 0;           // inserts or replaces by reference

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

  virtual void append(const rule_version& one) = 0;

  virtual void add(const daily_count& more) = 0;
  virtual void forget(const observation_key& record) = 0; // every revision, and that it was evidence
  virtual void forget_refused(const feed_id& feed,
                              instant before) = 0; // quarantined rows, unknown words, places of incidents

  virtual void set_mark(const std::string& name, const std::string& value) = 0;
};

} // namespace forewarn
