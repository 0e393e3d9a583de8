// SPDX-License-Identifier: Apache-2.0
// A signal: a rule's finding on one series. Opens, grows, closes. Written by the engine, kept by the store.
#pragma once

#include "forewarn/closed_sets.hpp"
#include "forewarn/identifier.hpp"
#include "forewarn/instant.hpp"
#include "forewarn/observation.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace forewarn {

enum class close_reason : std::uint8_t {
  below_threshold,
  data_corrected,
  feed_lost,
  rule_changed,
  person
};
template <> struct spelling_of<close_reason> {
  static constexpr std::array words =
      std::to_array<std::string_view>({"below_threshold", "data_corrected", "feed_lost", "rule_changed", "person"});
};

// Half open: (from, to].
struct time_window {
  instant from;
  instant to;
  friend bool operator==(const time_window&, const time_window&) = default;
};

// The `for_each` fields with their values, in the rule's order; for first_seen also the value found.
using series_key = std::vector<std::pair<std::string, std::string>>;

struct level_change {
  instant at;
  forewarn::level level = forewarn::level::amber;
  double value = 0;
  friend bool operator==(const level_change&, const level_change&) = default;
};

// A signal's state without its evidence, which is kept as rows of its own.
struct signal {
  signal_id id; // deterministic: the same records and rules give the same id, so that a replay is recognisable
  rule_id rule;
  std::string rule_hash; // "sha256:..." of the rule's meaning when it opened
  series_key series;
  forewarn::level level = forewarn::level::amber;
  instant opened_at;
  std::optional<instant> closed_at;
  std::optional<forewarn::close_reason> close_reason;
  time_window window;
  double value = 0;
  double bound = 0;
  bool retrospective = false;        // would have been opened by a late observation: never opened, only told
  bool late = false;                 // reopened by a late record
  bool contradicted = false;         // closed, and later data took its ground away
  bool held = false;                 // a feed it depends on is overdue: it does not close
  std::vector<level_change> changes; // every change of level after opening
  friend bool operator==(const signal&, const signal&) = default;
};

enum class signal_change : std::uint8_t {
  opened,         // the condition first holds
  grew,           // more evidence or a larger value, same level
  raised,         // a higher level
  fell,           // data corrected: a lower value or level, still open
  fresh_crossing, // had fallen below the bound and reached it again while still open
  reopened,       // a late record lifted the level of a closed signal
  closed,
  contradicted,  // a closed signal that would no longer have held
  retrospective, // a late observation's finding: for the weekly digest or the morning's
  held,          // a feed its rule observes is overdue: its clock stands still
  resumed,       // that feed came back: its clock goes on
};
template <> struct spelling_of<signal_change> {
  static constexpr std::array words =
      std::to_array<std::string_view>({"opened", "grew", "raised", "fell", "fresh_crossing", "reopened", "closed",
                                       "contradicted", "retrospective", "held", "resumed"});
};

// What the engine says when a signal changes. `now` is the state after the change.
struct signal_event {
  signal_change what = signal_change::opened;
  instant at; // the engine's T
  signal now;
  std::vector<observation_key> evidence_added;   // in the order in which they joined
  std::vector<observation_key> evidence_removed; // withdrawn, or revised out of the rule
};

// {"ward": "E05011387"}, in the rule's order.
[[nodiscard]] std::string to_json(const series_key& series);

} // namespace forewarn
