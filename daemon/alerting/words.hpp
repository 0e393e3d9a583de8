// SPDX-License-Identifier: Apache-2.0
// The words of a message: Mustache templates and approved blocks from templates/, filled from a signal or an alert.
#pragma once

#include "forewarn/alert.hpp"
#include "forewarn/delivery.hpp"
#include "forewarn/problem.hpp"
#include "forewarn/reference.hpp"
#include "forewarn/store.hpp"
#include "rules/plan.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace forewarn::alerting {

// Approved blocks (harm reduction, overdose signs, naloxone by response, actions and risk by advice id, local
// services, where to report) and the templates that lay them out.
struct word_book {
  std::map<std::string, std::string> blocks; // "harm-reduction", "naloxone.reverses", "advice.opioid-overdose.risk"
  std::map<std::string, std::vector<std::string>> lists; // "advice.opioid-overdose.actions", "local-services"
  std::map<std::string, std::string> templates;          // by file name: "alert.txt.mustache"
};

struct loaded_words {
  word_book book;
  problems found;
};
// `files`: templates/*.mustache and templates/blocks/*.yaml.
[[nodiscard]] loaded_words load_words(const std::vector<source_text>& files);

// What is known of a signal when something is written about it.
struct signal_facts {
  signal state;
  const rules::rule* rule = nullptr;
  std::vector<observation> evidence;
  std::vector<std::pair<feed_id, instant>> complete_to; // newest arrival per feed the rule observes
  std::map<feed_id, instant> overdue;                   // of those, since when
  std::optional<std::string> usual;                     // "0 to 1 usual"; absent = not known yet, and said so
  std::vector<counted_day> daily;                       // the weeks before, for the chart; empty = not counted
  std::optional<forewarn::alert> written;               // the alert about it, where there is one
  std::optional<signal_change> change;                  // what has just happened to it
  std::string again;                                    // a reminder's words; empty: it is none
};

// The content of an alert about a signal; substances, place, counts and certainty from the evidence.
[[nodiscard]] alert_content compose(const signal_facts& facts, const word_book& words, const reference_data& reference);

// Renders every part of the message. Fails with the names of the required parts that are missing.
[[nodiscard]] result<message, std::string> render_alert(const alert& about, const word_book& words,
                                                        const reference_data& reference, instant now);
// "signal.opened", "signal.changed", "signal.closed": to on-call, with what to do next; to another audience (who had
// an alert about it) without the steps, and no closer in place and number than that audience may read.
[[nodiscard]] result<message, std::string> render_notice(const std::string& type, const signal_facts& facts,
                                                         const std::optional<assessment>& work, const word_book& words,
                                                         const reference_data& reference, instant now,
                                                         audience to = audience::on_call);
// What a notice says has happened, the words its subject begins with, and what on-call may do next.
[[nodiscard]] std::string what_happened(const std::string& type, const signal_facts& facts);
[[nodiscard]] std::string lead_of(const std::string& type, const signal_facts& facts);
[[nodiscard]] std::vector<std::string> next_steps(const std::string& type, const signal_facts& facts,
                                                  const std::optional<assessment>& work,
                                                  const reference_data& reference);

// To on-call and operators, plain: a lost delivery, an overdue feed, a daemon's fault.
[[nodiscard]] message render_operator_notice(const std::string& type, const std::string& subject,
                                             const std::string& text, instant now);
// A drill to one service, marked as one in subject, text and status: "exercise.test".
[[nodiscard]] message render_exercise(const std::string& service_name, const std::string& who,
                                      const std::string& reason, instant now);

} // namespace forewarn::alerting
