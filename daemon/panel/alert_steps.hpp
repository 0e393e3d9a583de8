// SPDX-License-Identifier: Apache-2.0
// The life of an alert after it went out: each step makes a new version, and goes to exactly those who received the one
// before, by the same service and channel and in the same thread, with the reason. Only a person takes a step: no alert
// is stood down by data or by time.
//
// Each answers what was wrong with the request and then changes nothing. Runs inside the desk's transaction.
#pragma once

#include "daemon/alerting/outgoing.hpp"
#include "daemon/panel/ledger.hpp"

#include <optional>
#include <string>

namespace forewarn::panel {

using alerting::decision;
using alerting::setup;

struct update_wish {
  std::optional<forewarn::level> level;
  std::string content;      // JSON of the parts a person words; empty: none
  bool refresh = false;     // written again from what the records say now, before those parts
  bool correction = false;  // what was said was wrong
  bool widen = false;       // also to services that take it now and had nothing before
  bool break_glass = false; // red and for the public: without the second person, who then reviews it
  std::optional<instant> review_by, expires_at;
};
[[nodiscard]] result<alert, std::string> update(const alert_ref& ref, const update_wish& how, const decision& by,
                                                const setup& with, store& ledger, instant now);
[[nodiscard]] result<alert, std::string> stand_down(const alert_ref& ref, const decision& by, const setup& with,
                                                    store& ledger, instant now);
[[nodiscard]] result<alert, std::string> retract(const alert_ref& ref, const decision& by, const setup& with,
                                                 store& ledger, instant now);
// Two alerts about one batch: `ref` ends and says where it goes on; `into` has a new version, which also goes to those
// who received `ref`.
[[nodiscard]] result<alert, std::string> merge(const alert_ref& ref, const alert_ref& into, const decision& by,
                                               const setup& with, store& ledger, instant now);

// A person looked at an alert again: it stands until the date given (absent: as long again as before). Where one person
// released it alone, this is the second one's word.
[[nodiscard]] result<alert, std::string> review(const alert_ref& ref, std::optional<instant> next, const decision& by,
                                                store& ledger, instant now);

// What a service says of one action of the list (counted from 1), or of all (0).
struct answer_wish {
  service_id service;
  std::size_t action = 0;
  action_answer_word answer = action_answer_word::done;
  std::string note;
};
[[nodiscard]] result<std::size_t, std::string> answer_actions(const alert_ref& ref, const answer_wish& what,
                                                              const std::string& who, store& ledger, instant now);
[[nodiscard]] result<evaluation, std::string> evaluate(const alert_ref& ref, evaluation what, store& ledger,
                                                       instant now);

} // namespace forewarn::panel
