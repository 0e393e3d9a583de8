// SPDX-License-Identifier: Apache-2.0
// From a decision to rows of the outbox: what is known of a signal, who is told, and identifiers that stay the same
// however often the work that caused them is repeated.
#pragma once

#include "daemon/alerting/process.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace forewarn::alerting {

// What the process works with; replaced as a whole when the configuration is.
struct setup {
  std::shared_ptr<const rules::rule_set> rules;
  std::shared_ptr<const service_book> services;
  std::shared_ptr<const word_book> words;
  std::string reference_prefix;
  digest_times times;
  std::shared_ptr<const panel::policy> panel; // never null: without grading/ its defaults
  bool growth_matters = false;                // some rule reminds of growth, or holds back what is stale

  [[nodiscard]] const rules::rule* rule(const rule_id& id) const;
  [[nodiscard]] const reference_data& reference() const { return *rules->reference; }
};

// A change of a signal, to be told at the end of the job.
struct arisen {
  signal_change what = signal_change::opened;
  signal_id signal;
  instant at;  // the engine's time
  instant now; // the desk's
};

// One thing that on-call is told of a signal.
struct news_item {
  std::string type; // of the message, where it is one of its own
  std::string key;
  signal_facts facts;
  std::optional<assessment> work;
  std::string waited; // why it was not told when it arose; empty: it is
};

struct process::parts {
  setup now;
  std::vector<arisen> arisen;       // in this job
  std::vector<news_item> to_tell;   // at its end
  std::vector<std::string> notes;   // what a digest says before its signals
  std::vector<std::string> of_week; // the week, and that of the rules in shadow
  bool looked_for_outage = false;   // once after the start
  instant alive_noted;              // when it was last written down that this process lives
  std::optional<instant> catching_up_until;
  duration wave{};                    // how long what arises after an outage is collected
  std::set<signal_id> grown;          // since what waits was last brought up to date
  std::map<signal_id, instant> large; // when what waits of a signal with many records was brought up to date
};

// "msg_" and half a SHA-256 over the three: a repeated job cannot send a second message.
[[nodiscard]] message_id delivery_id(const std::string& key, const service_id& to, const std::string& channel);

// "A-2026-0001", "FW-2026-0007": counted per prefix and local year.
[[nodiscard]] std::string next_reference(const std::string& prefix, const reference_data& reference, store& ledger,
                                         instant now);

[[nodiscard]] signal_facts facts_of(const signal& state, const setup& with, const store_reader& ledger);

using service_test = std::function<bool(const service&)>;
[[nodiscard]] std::vector<const service*> services_that(const setup& with, const service_test& fit);
// Whether a service was sent the message of this key, by any channel it has now.
[[nodiscard]] bool was_told(const std::string& key, const service& to, const store_reader& ledger);

// One delivery per service and channel, but for the channel `not_by` ("service/channel", or a kind). A service's
// fallbacks are used only where `not_by` leaves it nothing else. Answers how many are new.
std::size_t send(const message& what, const std::string& key, const std::vector<const service*>& to, store& ledger,
                 instant now, const std::string& not_by = {});

// To the channels named, one delivery each. A real message never reaches a service for exercises, nor an exercise
// anyone else (`exercise.test` asks for that by name).
struct addressee {
  const service* to = nullptr;
  const channel* by = nullptr;
};
std::size_t send_by(const message& what, const std::string& key, const std::vector<addressee>& to, store& ledger,
                    instant now);
// Whether a message of this type may go to the service.
[[nodiscard]] bool may_reach(const service& to, const std::string& type);

// decisions.cpp: an assessment that waits for a decision, or why it does not; and the decision put into it.
[[nodiscard]] result<assessment, std::string> undecided(const assessment_ref& ref, const decision& by,
                                                        const store_reader& ledger, const reference_data& reference);
void decide(assessment& work, assessment_state state, const decision& by, instant now);

// The keys under which messages are sent, and later asked for.
[[nodiscard]] std::string opened_key(const signal_id& id);
[[nodiscard]] std::string issued_key(const alert& one);

// Tells on-call about a signal. Where a notice cannot be written, says that instead: silence is never the answer.
void tell_on_call(const std::string& type, const std::string& key, const signal_facts& facts,
                  const std::optional<assessment>& work, const setup& with, store& ledger, instant now);
// Tells on-call and operators of a fault, in plain words.
void tell_of_fault(const std::string& type, const std::string& key, const std::string& subject, const std::string& text,
                   const setup& with, store& ledger, instant now, const std::string& not_by = {});

// Fills in what an alert says when it is issued (content, times, level) from what is known now.
void write_alert(alert& one, const signal_facts& facts, const setup& with, instant now);
// The services that take it; `automatic`: of them the duty desks alone.
[[nodiscard]] std::vector<const service*> recipients(const alert& one, bool automatic, const setup& with);
// What stands in the way of an alert: a part it lacks, or that no service takes it. Nothing where it can go out.
[[nodiscard]] std::optional<std::string> obstacle(const alert& one, bool automatic, const setup& with, instant now);
// Sends an alert that has no obstacle to the services that take it.
void release_alert(const alert& one, bool automatic, const setup& with, store& ledger, instant now);

} // namespace forewarn::alerting
