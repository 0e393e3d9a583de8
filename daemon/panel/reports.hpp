// SPDX-License-Identifier: Apache-2.0
// What partners and people tell the panel: entered, looked for, added to, replied to. A report opens an assessment;
// what it says stays with the panel. Each answers what was wrong with the request and then changes nothing.
#pragma once

#include "daemon/alerting/outgoing.hpp"
#include "daemon/panel/ledger.hpp"

#include <string>
#include <vector>

namespace forewarn::panel {

// The names in `substances` and `areas` are looked up; what the daemon gives itself (reference, times, state) is
// overwritten. An alert from elsewhere that came before, with the same words, is answered with what it was then.
[[nodiscard]] result<report, std::string> enter(report what, const std::string& who, const alerting::setup& with,
                                                store& ledger, instant now);
// More from the reporter, under the reference they were given.
[[nodiscard]] result<report, std::string> add_to(const report_ref& ref, const std::string& text, const std::string& who,
                                                 const alerting::setup& with, store& ledger, instant now);
// What the reporter was told came of it. Sends nothing: the panel replies by its own way.
[[nodiscard]] result<report, std::string> reply(const report_ref& ref, const std::string& text, const std::string& who,
                                                store& ledger, instant now);
// Somebody reads the whole of it, its source included: written down before it is shown.
[[nodiscard]] result<report, std::string> read(const report_ref& ref, const alerting::decision& by, store& ledger,
                                               instant now);

// What of a report may be shown without writing down who looked: neither source nor contact, and nothing of its words
// where it has handling conditions.
[[nodiscard]] report without_confidences(report one);

// Reports and alerts that share words with the text, the most alike first.
struct resemblance {
  std::string ref;
  std::string what; // its title or headline; of a report with conditions, that it has some
  std::string state;
  instant at;
  double alike = 0; // the part of the text's telling words that it shares
};
[[nodiscard]] std::vector<resemblance> like(const std::string& text, const store_reader& ledger);

// The observation of kind `report` that an accepted one makes: when, where and which substances, none of its words.
[[nodiscard]] observation observed(const report& one, const reference_data& reference);

// Words that must not leave the panel: the source's or the reporter's name or address, and, of a report with handling
// conditions, five words in a row of it. Answers what was found.
[[nodiscard]] std::optional<std::string> leak(const report& one, const std::string& outgoing);

} // namespace forewarn::panel
