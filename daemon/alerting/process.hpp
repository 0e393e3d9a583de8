// SPDX-License-Identifier: Apache-2.0
// The alert process: what a signal leads to. Runs inside the desk's transaction, so that a decision and the messages
// it causes are durable together.
//
// automatic rule: an information-only alert is written down held; after its hold it goes to services that are
// `duty_desk`, never to people who use drugs or the public. panel rule: on-call is told at once and an assessment
// opens; services hear only when a person issues it. shadow rule: nothing leaves.
#pragma once

#include "daemon/alerting/digest_times.hpp"
#include "daemon/alerting/services.hpp"
#include "daemon/alerting/words.hpp"
#include "forewarn/after_signal.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/store.hpp"
#include "rules/plan.hpp"

#include <memory>
#include <optional>
#include <string>

namespace forewarn::panel {
struct policy;
}

namespace forewarn::alerting {

struct setup; // outgoing.hpp

// Who decides, and why: every change names a person.
struct decision {
  std::string who;
  std::string reason;
};

// What is wrong with it: no person, no reason, too long, no UTF-8.
[[nodiscard]] std::optional<std::string> not_a_decision(const decision& by);

// How an assessment is issued. What is absent follows from its grading, else from the signal or the report.
struct issue_wish {
  std::optional<alert_outcome> outcome;
  std::optional<forewarn::level> level;
  std::optional<forewarn::audience> audience;
  std::string advice;       // id of the approved words, for a report; empty: general
  std::string content;      // JSON of the parts that the panel words itself; empty: none
  bool break_glass = false; // without the second person that a red alert to the public needs
};

// Either the alert went out, or it waits for a second person.
struct issue_answer {
  std::optional<alert> issued;
  std::string waits; // for whom, and what they do
};

class process {
public:
  process(std::shared_ptr<const rules::rule_set> rules, std::shared_ptr<const service_book> services,
          std::shared_ptr<const word_book> words, std::string reference_prefix, digest_times times = {});

  // Before every job of the desk: of one that was undone nothing is told.
  void begin_job();
  // After the engine: called for each event in order, with the signal already saved. What comes of it is decided at the
  // end of the job, when all that arose in it is known.
  void take(const signal_event& event, store& ledger, instant now);

  // At the end of every job: on-call hears of what arose in it, in one message; what waits (assessments, held alerts)
  // says what is known now of the signals that grew.
  void keep_current(store& ledger, instant now);
  // After the rules were put in force anew: a held alert whose signal lost its ground is stopped, and on-call hears.
  void after_new_rules(store& ledger, instant now);

  // What has fallen due: holds that have run out become alerts; what waited to be told, reminders and the ends of mutes
  // are told with the job's end.
  void advance(store& ledger, instant now);
  [[nodiscard]] std::optional<instant> next_deadline(const store_reader& ledger) const;

  // Each answers what was wrong with the request (unknown reference, already decided, missing reason) and then
  // changes nothing.
  [[nodiscard]] result<assessment, std::string> acknowledge(const assessment_ref& ref, const decision& by,
                                                            store& ledger, instant now);
  [[nodiscard]] result<alert, std::string> issue(const assessment_ref& ref, alert_outcome outcome, const decision& by,
                                                 store& ledger, instant now);
  [[nodiscard]] result<issue_answer, std::string> issue(const assessment_ref& ref, const issue_wish& how,
                                                        const decision& by, store& ledger, instant now);
  [[nodiscard]] result<assessment, std::string> dismiss(const assessment_ref& ref, const decision& by, store& ledger,
                                                        instant now);
  // A person of the rota has read the notice about this signal, assessment or alert; its assessment is acknowledged
  // with it. Answers what was wrong.
  [[nodiscard]] std::optional<std::string> have_read(const std::string& what, const decision& by, store& ledger,
                                                     instant now);
  // Stops a held automatic alert.
  [[nodiscard]] result<alert, std::string> stop(const alert_ref& ref, const decision& by, store& ledger, instant now);

  // Notices of what is named wait until then: a rule, a site, a series (`ward=Armley`, `RULE ward=Armley`) or a signal,
  // whose rule and series are meant. `until`: a time, or a duration from now.
  [[nodiscard]] result<forewarn::mute, std::string> mute(const std::string& what, const std::string& until,
                                                         const decision& by, store& ledger, instant now);
  [[nodiscard]] result<forewarn::mute, std::string> end_mute(const std::string& ref, const decision& by, store& ledger,
                                                             instant now);

  // A marked exercise message to one service by all its channels.
  [[nodiscard]] result<std::size_t, std::string> send_test(const service_id& to, const decision& by, store& ledger,
                                                           instant now);
  // A delivery that will not arrive: on-call is told by the other channels.
  void delivery_failed(const due_delivery& lost, store& ledger, instant now);
  // A destination ("service/channel", or "email" for all mail) fails for message after message, or works again.
  void destination_down(const std::string& key, const std::string& said, instant since, store& ledger, instant now);
  void destination_back(const std::string& key, instant since, store& ledger, instant now);

  // A fault of the daemon or of a feed, told to the services whose role is `operators` (to on-call where there is
  // none). While the notice stands under its key, raising it again tells nobody, unless its level rises or a day has
  // passed. Answers whether somebody is told now.
  bool raise(operator_notice what, store& ledger, instant now);
  // It stands no more, and those who were told of it hear so. False where none stands under the key.
  bool clear(const std::string& key, const std::string& text, store& ledger, instant now);

  // To the same services, once: what happened, rather than what stands.
  void inform(const operator_notice& what, store& ledger, instant now);

  void replace(std::shared_ptr<const rules::rule_set> rules, std::shared_ptr<const service_book> services,
               std::shared_ptr<const word_book> words);
  void keep(digest_times times);
  void keep(std::shared_ptr<const panel::policy> how);
  // What it works with now.
  [[nodiscard]] const setup& in_force() const;

  struct parts;

private:
  std::shared_ptr<parts> parts_;
};

} // namespace forewarn::alerting
