// SPDX-License-Identifier: Apache-2.0
// What a simulated past is asked to hold: where, from when, how much, and which known events. Values only.
#pragma once

#include "forewarn/result.hpp"
#include "forewarn/zone.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::simulate {

// Ids of the shipped feeds, and the folders that the files go to.
inline constexpr std::array<std::string_view, 7> feed_ids{"ambulance", "attendances", "admissions", "custody",
                                                          "naloxone",  "drug-tests",  "deaths"};

// A known event to hide in the data. What is left out is filled in by kind and by seed.
struct outbreak_wish {
  std::string kind;             // one of outbreak_kinds
  std::string area;             // a ward's name or code; empty: by seed
  std::string drug;             // what a laboratory finds in it; empty: by kind
  std::optional<civil_time> at; // its first case; absent: so that it ends with the simulated span
  int cases = 0;                // 0: by kind
  int hours = 0;                // from first to last case; 0: by kind
};

struct outbreak_kind {
  std::string_view name;
  std::string_view what;
  std::string_view drug;
  int cases;
  int hours;
};

inline constexpr std::array outbreak_kinds{
    outbreak_kind{"strong-batch", "opioid call-outs in one ward, and a sample that says why", "protonitazene", 6, 9},
    outbreak_kind{"counterfeit", "tablets sold as diazepam or Xanax that hold a nitazene", "metonitazene", 9, 240},
    outbreak_kind{"site-cluster", "overdoses of different people at one hostel", "heroin", 3, 12},
    outbreak_kind{"festival", "collapses at an event over a weekend", "MDMA", 8, 36},
    outbreak_kind{"prison", "collapses in one prison, and what the wings found", "ADB-BUTINACA", 6, 20},
    outbreak_kind{"spice", "collapses after a strong synthetic cannabinoid in one ward", "ADB-BUTINACA", 6, 8},
    outbreak_kind{"tablets", "one street benzodiazepine in many samples, and people hard to wake", "bromazolam", 14,
                  144},
    outbreak_kind{"school", "pupils who collapse after a vape", "MDMB-4en-PINACA", 4, 8},
};

[[nodiscard]] const outbreak_kind* find_outbreak_kind(std::string_view name);

// A feed that says nothing from `from` until `until`; what it would have said comes in its first file afterwards.
struct outage {
  std::string feed;
  civil_time from;
  civil_time until;
};

struct plan {
  std::uint64_t seed = 1;
  civil_time from;  // midnight of the first day
  civil_time until; // nothing happens at or after this
  double scale = 1; // times the usual rate of every record; see rates.hpp
  std::vector<outbreak_wish> outbreaks;
  std::vector<outage> outages;
  std::vector<std::string> feeds;                // those to write; empty: all
  std::chrono::minutes call_outs_every{24 * 60}; // one file of call-outs per this long, from midnight
  [[nodiscard]] bool writes(std::string_view feed) const;
};

// "strong-batch,area=Armley,at=2026-03-01T14:00,cases=6,hours=9,drug=protonitazene"; an error is a sentence.
[[nodiscard]] result<outbreak_wish, std::string> read_outbreak(const std::string& text);
// "ambulance,from=2026-03-01T14:00,until=2026-03-02"; an error is a sentence.
[[nodiscard]] result<outage, std::string> read_outage(const std::string& text);

} // namespace forewarn::simulate
