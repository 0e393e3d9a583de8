// SPDX-License-Identifier: Apache-2.0
// What is kept of a signal beyond its state: what on-call was told of it, what waits to be told and why, and the mutes
// that people set.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/signal.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace forewarn {

enum class wait_reason : std::uint8_t {
  muted,     // a person said so; until the mute ends
  outage,    // Forewarn was away and is catching up: what arises goes into one digest
  inhibited, // a signal of a rule that this one's rule lists is open; until it has ended
  quiet,     // the rule's quiet hours
  stale,     // its newest record was old when it arrived: the next morning's digest
  late,      // found by late records: the next morning's digest, or the weekly one
  budget,    // its rule has told as many as it may: the next morning's digest
};
template <> struct spelling_of<wait_reason> {
  static constexpr std::array words =
      std::to_array<std::string_view>({"muted", "outage", "inhibited", "quiet", "stale", "late", "budget"});
};

// A notice about a signal that on-call was not given when it arose. A signal has at most one that waits.
struct waiting_notice {
  std::int64_t id = 0; // given by the store; 0: not there yet
  signal_id signal;
  rule_id rule;
  signal_change what = signal_change::opened; // what it would have told
  wait_reason why = wait_reason::quiet;
  std::string by; // the mute's reference; the signal that inhibits it; else empty
  instant since;
  std::optional<instant> until; // absent: until what inhibits it has ended
  instant look_at;              // when it is asked again whether it still waits
  std::optional<instant> ended_at;
  std::string how; // it ended: for people
  friend bool operator==(const waiting_notice&, const waiting_notice&) = default;
};

// What on-call was last told of a signal.
struct told_signal {
  signal_id signal;
  rule_id rule;
  instant first_at;     // on-call heard of it first
  bool at_once = false; // it was told as it arose, not in a digest later: counts towards its rule's budget
  instant told_at;
  forewarn::level level = forewarn::level::amber;
  double value = 0;
  std::optional<instant> remind_at; // when it may speak again by itself
  std::optional<instant> weekly_at; // when it says that it is still open
  friend bool operator==(const told_signal&, const told_signal&) = default;
};

// A person's word that notices of a rule, a site or a series are to wait. Always ends.
struct mute {
  std::string ref;  // "M-2026-0003"
  std::string what; // in words: "rule opioid-callouts-ward, ward Armley"
  std::optional<rule_id> rule;
  std::optional<site_id> site;
  series_key series; // each field with its value must be in the signal's series
  instant since;
  instant until;
  std::string by;
  std::string why;
  std::optional<instant> ended_at; // when its end was told
  std::string ended_by;            // a person, or "its time"
  friend bool operator==(const mute&, const mute&) = default;
};

} // namespace forewarn
