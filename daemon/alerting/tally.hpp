// SPDX-License-Identifier: Apache-2.0
// How many, people, sites, repeats: the evidence of a signal counted by source and said in one line. Small numbers are
// not said to people outside the profession; how small, wording/disclosure says.
#pragma once

#include "daemon/wording/disclosure.hpp"

#include <string>
#include <vector>

namespace forewarn::alerting {

// One kind of record from one feed.
struct source_tally {
  kind_id kind;
  feed_id feed;
  double incidents = 0; // distinct incidents; a record without one counts its weight
  std::size_t records = 0;
  std::size_t people = 0;    // distinct
  std::size_t repeats = 0;   // people with more than one incident
  std::size_t no_person = 0; // records that do not say
  std::size_t sites = 0;
  std::size_t no_site = 0;
  std::size_t fatal = 0;
  std::size_t naloxone = 0; // records that say it was given
};

// By kind, then feed.
[[nodiscard]] std::vector<source_tally> tally(const std::vector<const observation*>& evidence);

// True where the audience may read exact counts, the site and the hour: named professionals and the panel.
[[nodiscard]] bool reads_exact_counts(audience to);

// "5 ambulance call-outs", in the words of the kind.
[[nodiscard]] std::string spell_records(double count, const kind_id& kind, const reference_data& reference,
                                        wording::disclosure by);

// One line per source: "5 ambulance call-outs in 24 hours: 4 people (1 more than once), 3 sites". `span` is how long
// was counted (" in 24 hours"), or nothing.
[[nodiscard]] std::string describe(const source_tally& source, const std::string& span, const reference_data& reference,
                                   wording::disclosure by);

// "Ambulance call-outs (yas)".
[[nodiscard]] std::string source_name(const source_tally& source, const reference_data& reference);

} // namespace forewarn::alerting
