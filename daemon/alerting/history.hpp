// SPDX-License-Identifier: Apache-2.0
// What is usual: the records that fit a signal's rule in its place over the four weeks before, by day for the chart and
// by the rule's own span for the words. Counted when an alert is written; silent where too little is known.
#pragma once

#include "daemon/alerting/outgoing.hpp"

namespace forewarn::alerting {

// Fills in `daily` and `usual`. Leaves both empty where the rule is gone or the past holds too many records to count in
// the time of one decision; `usual` alone where there are fewer than four spans before.
void add_history(signal_facts& facts, const setup& with, const store_reader& ledger);

// `usual` alone, for a notice, which cannot wait for long: left out where the past holds some thousand records, and
// where the rule's span is shorter than an hour.
void add_usual(signal_facts& facts, const setup& with, const store_reader& ledger);

} // namespace forewarn::alerting
