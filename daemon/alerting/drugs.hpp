// SPDX-License-Identifier: Apache-2.0
// The drugs a signal is about, how sure that is, and what naloxone does. Claims nothing that a record does not say:
// "toxicology confirmed" only where a laboratory's result names one of the drugs of concern.
#pragma once

#include "daemon/alerting/words.hpp"

#include <string>
#include <vector>

namespace forewarn::alerting {

struct concern {
  std::vector<substance_id> drugs;     // those the rule asks about, most often recorded first
  std::vector<substance_id> confirmed; // of them, those a laboratory found
  std::vector<substance_id> sold_as;
  std::string certainty;              // "not confirmed", "suspected", "toxicology confirmed"
  std::size_t laboratory_records = 0; // records in which a laboratory found one of them
};

[[nodiscard]] concern drugs_of_concern(const signal_facts& facts, const reference_data& reference);

// "protonitazene", "heroin and xylazine", "opioids" for many of one class; "" where none is known.
[[nodiscard]] std::string name_drugs(const std::vector<substance_id>& drugs, const reference_data& reference);

// The approved naloxone line for what was found; a mixture gets both truths.
[[nodiscard]] std::string naloxone_line(const std::vector<substance_id>& drugs, const word_book& words,
                                        const reference_data& reference);

} // namespace forewarn::alerting
