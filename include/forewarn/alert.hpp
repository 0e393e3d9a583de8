// SPDX-License-Identifier: Apache-2.0
// From finding to message: the panel's assessment of a signal, and the alert that services receive.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace forewarn {

enum class assessment_state : std::uint8_t {
  received,
  issued,
  dismissed
};
template <> struct spelling_of<assessment_state> {
  static constexpr std::array words = std::to_array<std::string_view>({"received", "issued", "dismissed"});
};

// The panel's work on one signal. Every decision names a person and a reason.
struct assessment {
  assessment_ref ref;
  signal_id signal;
  rule_id rule;
  forewarn::level level = forewarn::level::amber; // of the signal when last told
  std::string headline;
  assessment_state state = assessment_state::received;
  instant received_at;
  std::optional<instant> acknowledged_at;
  std::string acknowledged_by;
  std::optional<instant> decided_at;
  std::string decided_by;
  std::string reason;
  std::optional<alert_ref> alert; // once issued
  std::int64_t version = 1;       // for optimistic concurrency: the ETag
};

enum class alert_status : std::uint8_t {
  actual,
  exercise,
  test
};
template <> struct spelling_of<alert_status> {
  static constexpr std::array words = std::to_array<std::string_view>({"actual", "exercise", "test"});
};
enum class alert_outcome : std::uint8_t {
  formal_alert,
  information_only
};
template <> struct spelling_of<alert_outcome> {
  static constexpr std::array words = std::to_array<std::string_view>({"formal_alert", "information_only"});
};
enum class alert_state : std::uint8_t {
  held,    // automatic: waits out its hold, in which on-call can stop it
  stopped, // on-call stopped it within the hold; nobody outside received it
  issued,
  stood_down,
  retracted,
};
template <> struct spelling_of<alert_state> {
  static constexpr std::array words =
      std::to_array<std::string_view>({"held", "stopped", "issued", "stood_down", "retracted"});
};

struct evidence_line {
  std::string source; // "Ambulance call-outs (yas)"
  std::string text;   // "5 call-outs, 4 people, 3 sites in 24 hours; 0 to 1 usual"
};

// One local day of the chart: how many incidents that fit the rule, in the signal's place.
struct counted_day {
  std::string day; // "2026-02-28"
  double count = 0;
  bool of_signal = false; // its window touches this day
  friend bool operator==(const counted_day&, const counted_day&) = default;
};

// What a reader is told, each part from approved words or from the data; rendering fails loudly when a required
// part is empty.
struct alert_content {
  std::string headline;           // required
  std::vector<std::string> drugs; // drug(s) of concern; empty is said as "not confirmed"
  std::vector<std::string> sold_as;
  std::string certainty;                     // required: not confirmed | suspected | toxicology confirmed
  std::string risk;                          // required: identified risk
  std::vector<std::string> substances;       // ids behind `drugs`, for machines; empty where the drug is not known
  std::vector<std::string> kinds;            // of the records behind it, for routing; empty where that is not known
  std::string where;                         // required: coarsened for the audience
  std::vector<std::string> areas;            // codes behind `where`, for machines and routing
  std::string when;                          // required
  std::vector<evidence_line> evidence;       // required
  std::vector<counted_day> daily;            // oldest first; empty where nobody counted, or not for this audience
  std::vector<std::string> data_complete_to; // per feed
  std::string source;                        // required: source and instigator
  std::string instigator;
  std::vector<std::string> actions; // required: for staff
  std::string harm_reduction;       // required
  std::string naloxone;             // required
  std::string overdose_signs;       // required
  std::vector<std::string> local_services;
  std::string report_more; // required
};

struct alert {
  alert_ref ref;
  std::int64_t version = 1;
  alert_status status = alert_status::actual;
  alert_outcome outcome = alert_outcome::information_only;
  alert_state state = alert_state::held;
  forewarn::level level = forewarn::level::amber;
  forewarn::audience audience = forewarn::audience::professionals;
  signal_id signal;
  std::optional<assessment_ref> assessment;
  rule_id rule;
  std::string rule_hash;
  std::string engine_version;
  instant created_at;
  std::optional<instant> hold_until; // automatic release
  std::optional<instant> issued_at;
  std::optional<instant> review_by;
  std::optional<instant> expires_at;
  std::string supersedes; // "REF v1"
  std::string decided_by; // person, or "automatic"
  std::string reason;
  alert_content content;
};

[[nodiscard]] std::string to_json(const alert_content& content);
[[nodiscard]] result<alert_content, std::string> parse_alert_content(std::string_view json);

} // namespace forewarn
