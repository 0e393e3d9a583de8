// SPDX-License-Identifier: Apache-2.0
// What the store's functions are in SQL: free functions over a connection, one file per table or two. Reading and
// writing side by side, so that the order of columns is written once per file.
#pragma once

#include "daemon/store/connection.hpp"
#include "forewarn/after_signal.hpp"

#include <functional>
#include <span>
#include <vector>

namespace forewarn::sqlite {

// observation_table.cpp
void each_revision(connection& db, const std::function<void(const observation&)>& take);
std::int64_t each_revision_after(connection& db, std::int64_t after,
                                 const std::function<void(const observation&)>& take);
[[nodiscard]] bool has_form_before(connection& db, const observation_key& key, instant taken);
[[nodiscard]] std::optional<observation> latest(connection& db, const observation_key& key);
[[nodiscard]] std::vector<record_id> standing_records(connection& db, const feed_id& feed, instant from, instant to);
[[nodiscard]] std::optional<std::string> partner_reference(connection& db, const observation_key& record);
void save_partner_reference(connection& db, const observation_key& record, const std::string& sealed);
[[nodiscard]] std::optional<instant> last_received_at(connection& db);
[[nodiscard]] std::int64_t last_revision(connection& db);
void append(connection& db, const observation& revision);

// feed_table.cpp: how feeds keep their arrival contracts
[[nodiscard]] std::vector<feed_turn> feed_turns(connection& db, instant after);
void append(connection& db, const feed_turn& turn);
[[nodiscard]] std::vector<feed_watch> feed_watches(connection& db);
void save(connection& db, const feed_watch& one);
void remove_feed_watch(connection& db, const feed_id& feed);

// intake_table.cpp: what became of rows and files
[[nodiscard]] std::optional<file_checkpoint> file_by_hash(connection& db, const feed_id& feed,
                                                          const std::string& content_hash);
[[nodiscard]] bool file_finished(connection& db, const feed_id& feed, const std::string& name, std::int64_t size,
                                 instant modified_at);
void save(connection& db, const file_checkpoint& progress);
[[nodiscard]] std::vector<feed_totals> totals(connection& db);
void count_rows(connection& db, const feed_totals& more, instant at);
[[nodiscard]] std::vector<begun_incident> incidents_near(connection& db, const feed_id& feed, const std::string& place,
                                                         instant from, instant to);
void begin_incident(connection& db, const feed_id& feed, const std::string& place, const begun_incident& one);

// quarantine_table.cpp: rows and words for a person to look at
[[nodiscard]] std::vector<quarantined_row> quarantined(connection& db, const std::optional<feed_id>& feed,
                                                       const page& which);
void quarantine(connection& db, const quarantined_row& row);
[[nodiscard]] std::optional<quarantined_row> quarantined_by_id(connection& db, std::int64_t id);
[[nodiscard]] std::vector<quarantined_row> quarantined_due(connection& db, instant now, std::size_t most);
void quarantine_again(connection& db, const quarantined_row& row);
void release(connection& db, std::int64_t quarantined);
[[nodiscard]] std::vector<review_item> review_items(connection& db);
bool note_unknown_word(connection& db, const feed_id& feed, const std::string& column, const std::string& word,
                       instant at);

// signal_table.cpp
[[nodiscard]] std::optional<signal> signal_by_id(connection& db, const signal_id& id);
[[nodiscard]] std::vector<signal> signals(connection& db, bool open_only, const page& which);
[[nodiscard]] std::vector<signal> signals_opened(connection& db, instant from, instant to);
[[nodiscard]] std::vector<signal> open_signals_of(connection& db, const rule_id& rule);
void save(connection& db, const signal& state);
[[nodiscard]] std::vector<observation_key> evidence(connection& db, const signal_id& id);
void add_evidence(connection& db, const signal_id& id, std::span<const observation_key> keys);
void remove_evidence(connection& db, const signal_id& id, std::span<const observation_key> keys);

// after_signal_table.cpp: what waits to be told, what was told, what is muted
[[nodiscard]] std::vector<waiting_notice> waiting_notices(connection& db, instant look_at_by);
[[nodiscard]] std::vector<waiting_notice> waiting_notices_of(connection& db, const signal_id& id);
void save(connection& db, const waiting_notice& one);
[[nodiscard]] std::optional<told_signal> told(connection& db, const signal_id& id);
[[nodiscard]] std::vector<told_signal> told_due(connection& db, instant now);
[[nodiscard]] std::int64_t told_at_once(connection& db, const rule_id& rule, instant after);
void save(connection& db, const told_signal& one);
[[nodiscard]] std::vector<mute> mutes(connection& db, bool standing_only);
void save(connection& db, const mute& one);
[[nodiscard]] std::optional<instant> next_after_signal(connection& db);

// assessment_table.cpp
[[nodiscard]] std::optional<assessment> assessment_by_ref(connection& db, const assessment_ref& ref);
[[nodiscard]] std::optional<assessment> assessment_of(connection& db, const signal_id& id);
[[nodiscard]] std::vector<assessment> assessments(connection& db, bool open_only, const page& which);
void save(connection& db, const assessment& state);

// alert_table.cpp
[[nodiscard]] std::optional<alert> alert_by_ref(connection& db, const alert_ref& ref);
[[nodiscard]] std::optional<alert> alert_of(connection& db, const signal_id& id);
[[nodiscard]] std::vector<alert> alerts(connection& db, bool open_only, const page& which);
[[nodiscard]] std::vector<alert> alerts_held(connection& db);
void save(connection& db, const alert& version);

// delivery_table.cpp: messages and the outbox
[[nodiscard]] std::optional<due_delivery> delivery_by_id(connection& db, const message_id& id);
[[nodiscard]] std::vector<due_delivery> deliveries(connection& db, const std::optional<service_id>& to,
                                                   const page& which);
[[nodiscard]] std::vector<due_delivery> undelivered(connection& db, const service_id& to, const std::string& channel);
[[nodiscard]] std::optional<message> newest_message(connection& db, const std::string& about);
[[nodiscard]] std::int64_t deliveries_pending(connection& db);
[[nodiscard]] std::optional<instant> oldest_pending(connection& db);
[[nodiscard]] std::int64_t add_message(connection& db, const message& content);
void enqueue(connection& db, const delivery& row);
void release_leases(connection& db);
[[nodiscard]] std::vector<due_delivery> claim_due(connection& db, instant now, instant lease_until, std::size_t most);
[[nodiscard]] std::optional<instant> next_due(connection& db);
void resume(connection& db, const service_id& to, const std::string& channel, instant since, instant now);
void resume(connection& db, channel_kind by, instant since, instant now);
void save(connection& db, const delivery& outcome);

// retention_table.cpp: what may be kept no longer, and what is kept of it
[[nodiscard]] std::vector<record_id> expired_records(connection& db, const feed_id& feed, instant before,
                                                     std::size_t most);
[[nodiscard]] expired_counts expired(connection& db, const feed_id& feed, instant before);
[[nodiscard]] std::vector<remembered> remembered_all(connection& db);
[[nodiscard]] std::vector<daily_count> daily_counts(connection& db);
[[nodiscard]] figures_since figures(connection& db, instant since);
void add(connection& db, const daily_count& more);
void forget(connection& db, const observation_key& record);
void forget_refused(connection& db, const feed_id& feed, instant before);

// notice_table.cpp
[[nodiscard]] std::vector<operator_notice> operator_notices(connection& db);
void save(connection& db, const operator_notice& standing);
void remove_operator_notice(connection& db, const std::string& key);

// rule_version_table.cpp
[[nodiscard]] std::vector<rule_version> rule_versions(connection& db, const std::optional<rule_id>& of);
void append(connection& db, const rule_version& one);

// mark_table.cpp: marks and running numbers
[[nodiscard]] std::int64_t next_number(connection& db, const std::string& name);
[[nodiscard]] std::optional<std::string> mark(connection& db, const std::string& name);
void set_mark(connection& db, const std::string& name, const std::string& value);

// A page's size as SQL wants it.
[[nodiscard]] inline std::int64_t limit_of(const page& which) {
  return which.limit > 1'000'000 ? 1'000'000 : static_cast<std::int64_t>(which.limit);
}

} // namespace forewarn::sqlite
