// SPDX-License-Identifier: Apache-2.0
// What on-call is told of signals in one job of the desk: offered one by one, told at the end of the job, one message
// for one signal and a digest for several. What has to wait is written down instead.
#pragma once

#include "daemon/alerting/after_signal.hpp"
#include "daemon/alerting/outgoing.hpp"

#include <optional>
#include <string>

namespace forewarn::alerting {

class newsroom {
public:
  newsroom(process::parts& all, store& ledger, instant now) : all_{all}, ledger_{ledger}, now_{now} {}

  // The first that on-call hears of a signal. For an automatic rule the alert is written, and its hold begins, when
  // on-call hears: nobody could stop it before.
  void offer_opening(signal_facts facts, std::optional<assessment> work, instant arrived);
  // A change of a signal. Where its opening still waits, only what would be told at once ends that.
  void offer_change(const std::string& type, const std::string& key, signal_facts facts, std::optional<assessment> work,
                    instant arrived);
  // A late finding: always in a digest, once.
  void offer_late(const signal_facts& facts);
  // Where a signal grew: a reminder by its rule's `or_grows_by`; and what was stale is so no longer.
  void look_at_growth(const signal_id& id);

  // What has fallen due.
  void end_mutes();
  void release_due();
  void remind();
  void tell_of_shadow();
  void plan_shadow(); // for the first time
  void tell_of_week();
  // A signal ended or fell: what it inhibited may be told.
  void release_inhibited();
  void end(forewarn::mute one, const std::string& by);

  // Everything offered goes into the outbox.
  void tell_all();

  [[nodiscard]] std::optional<waiting_notice> waiting(const signal_id& id) const;
  void end_waiting(waiting_notice row, std::string how);

private:
  [[nodiscard]] const setup& with() const { return all_.now; }
  void tell_opening(signal_facts facts, std::optional<assessment> work, const std::string& waited);
  void put(news_item item, bool at_once);
  void note_told(const signal_facts& facts, bool at_once);
  void hold(const signal_facts& facts, signal_change what, const wait& why);
  void release(waiting_notice row);
  void remind(told_signal one);
  void offer_reminder(signal_facts facts, std::optional<assessment> work);

  process::parts& all_;
  store& ledger_;
  instant now_;
};

// signal_changes.cpp: what a change of a signal leads to.
void act_on_changes(process::parts& all, store& ledger);
// An assessment that waits says what is known now. A rise after the panel said no is a new question.
[[nodiscard]] std::optional<assessment> keep_up(std::optional<assessment> work, const signal_facts& facts,
                                                const setup& with, store& ledger, instant now);
[[nodiscard]] alert hold_alert(const signal_facts& facts, const setup& with, store& ledger, instant now);
[[nodiscard]] bool ground_is_gone(const signal& state);
// A signal closed, or a closed one was contradicted.
void ended(const std::string& type, signal_facts& facts, newsroom& room, const setup& with, store& ledger, instant at,
           instant now);

// outage.cpp
// Once after a start: where the daemon was away too long, what arises next is collected, and what waits in the outbox
// becomes digests.
void look_for_outage(process::parts& all, store& ledger, instant now);
// When the daemon was last known to live.
[[nodiscard]] std::optional<instant> was_alive(const store_reader& ledger);
void note_alive(process::parts& all, store& ledger, instant now);
// Notices about signals that wait for one channel of a service become one digest. `leased_too`: nobody is sending.
void fold_waiting(const service& to, const channel& by, instant since, bool leased_too, const setup& with,
                  store& ledger, instant now);

// shadow_week.cpp
// For each rule in shadow, what it found from `from` to `to` beside what live rules did: a sentence or some.
[[nodiscard]] std::vector<std::string> compare_shadow(const setup& with, const store_reader& ledger, instant from,
                                                      instant to);
// When that is to be told next; nothing where no rule is in shadow, or it was not planned yet.
[[nodiscard]] std::optional<instant> shadow_due(const setup& with, const store_reader& ledger);

// week_told.cpp: when the week is told next; nothing where that was not planned.
[[nodiscard]] std::optional<instant> week_due(const store_reader& ledger);

// digest_message.cpp
// `items` in any order: they are told red first, then oldest first.
[[nodiscard]] message render_digest(const std::string& headline, const std::vector<std::string>& notes,
                                    std::vector<news_item> items, const word_book& words,
                                    const reference_data& reference, instant now);
// "1 red and 3 amber signals".
[[nodiscard]] std::string spell_levels(const std::vector<news_item>& items);

} // namespace forewarn::alerting
