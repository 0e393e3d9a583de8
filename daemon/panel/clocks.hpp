// SPDX-License-Identifier: Apache-2.0
// What must not be forgotten: the panel's answer, the reply to a reporter, an alert's review, a second person's look,
// an alert's end. A clock stands in the store until what it waits for was done; once due it speaks to on-call, again
// and again, and from the second time on to those it escalates to. It decides nothing.
#pragma once

#include "daemon/alerting/outgoing.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/panel/policy.hpp"

#include <string>
#include <vector>

namespace forewarn::panel {

// When the panel's answer to something received at `from` is due, and the reply to its reporter.
[[nodiscard]] instant assessment_due(instant from, bool risk_to_life, const alerting::setup& with);
[[nodiscard]] instant reply_due(instant from, const alerting::setup& with);

// Nine to five on a working day: when a panel can be called together.
[[nodiscard]] bool in_hours(instant now, const alerting::setup& with);

void start(clock_kind kind, const std::string& about, instant due, store& ledger, instant now);

// An alert that is in force: its review date and its end. Starts anew what ran before.
void watch(const alert& one, store& ledger, instant now);
// One that is not: nothing about it speaks any more.
void unwatch(const alert_ref& ref, store& ledger);
// One person released it alone: another one looks at it in time.
void await_second(const alert& one, const alerting::decision& by, const alerting::setup& with, store& ledger,
                  instant now);

// Everything that is due speaks.
void speak_due(const alerting::setup& with, store& ledger, instant now);

// To on-call, or to the services for exercises; once per key.
struct panel_notice {
  std::string type; // "assessment.overdue"
  std::string key;
  std::string subject, text;
  std::string about;
  forewarn::level level = forewarn::level::amber;
  alert_status status = alert_status::actual;
  bool escalates = false;            // also to those that overdue things escalate to
  std::vector<service_id> besides{}; // and to these: services or groups; given, they stand in for those
};
void tell(const panel_notice& what, const alerting::setup& with, store& ledger, instant now);

} // namespace forewarn::panel
