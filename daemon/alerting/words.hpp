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
#include <string>
#include <vector>

namespace forewarn::alerting {

// Approved blocks (harm reduction, overdose signs, naloxone by response, actions and risk by advice id, local
// services, where to report) and the templates that lay them out.
struct word_book {
  std::map<std::string, std::string> blocks;    // "harm-reduction", "naloxone.reverses", "advice.opioid-overdose.risk"
  std::map<std::string, std::vector<std::string>> lists; // "advice.opioid-overdose.actions", "local-services"
  std::map<std::string, std::string> templates; // by file name: "alert.txt.mustache"
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
};

// The content of an alert about a signal; substances, place, counts and certainty from the evidence.
[[nodiscard]] alert_content compose(const signal_facts& facts, const word_book& words, const reference_data& reference);

// Renders every part of the message. Fails with the names of the required parts that are missing.
[[nodiscard]] result<message, std::string> render_alert(const alert& about, const word_book& words,
                                                        const reference_data& reference, instant now);
// To on-call: "signal.opened", "signal.changed", "signal.closed".
[[nodiscard]] result<message, std::string> render_notice(const std::string& type, const signal_facts& facts,
                                                         const std::optional<assessment>& work, const word_book& words,
                                                         const reference_data& reference, instant now);
// To on-call and operators, plain: a lost delivery, an overdue feed, a daemon's fault.
[[nodiscard]] message render_operator_notice(const std::string& type, const std::string& subject,
                                             const std::string& text, instant now);

} // namespace forewarn::alerting
