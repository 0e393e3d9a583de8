// SPDX-License-Identifier: Apache-2.0
// What reports are made of, read from the store: records as they stand, what became of signals and alerts, and how
// long that took. Pure reading; says nothing in words.
#pragma once

#include "daemon/alerting/outgoing.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/reporting/span.hpp"

#include <optional>
#include <string>
#include <vector>

namespace forewarn::reporting {

struct sources {
  const store_reader& stored;
  const alerting::setup& with;
  instant now;
};

// Not withdrawn, and of these kinds (none: all), by time.
[[nodiscard]] std::vector<observation> records_of(const sources& from, const std::vector<kind_id>& kinds,
                                                  const span& in);

// Distinct incidents; a record without one counts its weight.
[[nodiscard]] double incidents(const std::vector<const observation*>& records);

struct signal_story {
  signal state;
  std::optional<assessment> work;
  std::optional<alert> written; // one that went out
  // Somebody acknowledged or decided it, or an alert went out about it.
  [[nodiscard]] bool acted_on() const;
};
// Opened in the span by rules that are live now; with those found late only where asked.
[[nodiscard]] std::vector<signal_story> signals_of(const sources& from, const span& in, bool retrospective = false);

struct alert_story {
  alert first, newest;
  std::optional<instant> came; // the first record behind it, or the report
  [[nodiscard]] std::optional<duration> took() const;
};
// Whose first version went out in the span; exercises and tests are none. The earliest first.
[[nodiscard]] std::vector<alert_story> alerts_of(const sources& from, const span& in);

// Hours from the first record to the alert; nothing where none is known.
[[nodiscard]] std::optional<double> median_hours(const std::vector<alert_story>& these);

// Of a part of a whole, in per cent; nothing of nothing.
[[nodiscard]] std::optional<double> per_cent(double part, double whole);

// Due before that local day ended, and not done then.
[[nodiscard]] std::vector<panel::lesson> overdue_lessons(const sources& from, instant at);

} // namespace forewarn::reporting
