// SPDX-License-Identifier: Apache-2.0
// How good a detector was on series of which the truth is known: what it found, how soon, and what it cost in false
// alarms, each figure with its standard error (over series, which are independent of each other). Definitions as in the
// usual comparisons (Bédubourg and Le Strat 2017), false alarms as episodes: a run of alarms, none of them seven or
// more periods after the one before.
#pragma once

#include "rules/detectors/quality/trials.hpp"

#include <span>

namespace forewarn::detectors {

// What a detector said of the judged periods of one trial. Larger is stranger, whatever its own statistic.
struct said {
  std::vector<float> strangeness; // least_strange: not evaluated
  std::vector<std::uint8_t> alarm;
};
inline constexpr float least_strange = -std::numeric_limits<float>::max();

// Of a trial and its quiet twin. `early`: by what was known within each period; the others: with all of it. Empty: not
// asked for.
struct said_of_trial {
  said seen, quiet, early, quiet_early;
};

// Sums over one trial, from which the figures are made.
struct tally {
  double hits = 0, outbreak_periods = 0; // periods with an outbreak, and an alarm
  double false_periods = 0, other_periods = 0;
  double episodes = 0;
  double outbreaks = 0, found = 0, at_once = 0;
  double delay = 0, delay_or_missed = 0; // periods from its first to the alarm; missed: its whole length
  double quiet_alarms = 0, quiet_periods = 0, quiet_episodes = 0;
};

// Alarms as the detector gave them.
[[nodiscard]] tally tally_of(const trial& about, const said_of_trial& what);
// Alarms where the strangeness is at least `limit`.
[[nodiscard]] tally tally_at(const trial& about, const said_of_trial& what, double limit);

struct figure {
  double value = 0, error = 0; // standard error; value NaN-free: 0 where nothing could be measured
  bool known = false;
};

struct quality {
  figure sensitivity, specificity;
  figure found;           // probability of detection: at least one alarm within the outbreak
  figure found_at_once;   // in its first period
  figure delay;           // of what was found, in periods
  figure delay_or_missed; // what was missed counts with its whole length
  figure worth;           // alarms that lay within an outbreak
  figure false_alarms;    // periods a year
  figure episodes;        // a year, after-effects of real outbreaks included
  figure quiet_rate;      // alarms per period of the quiet twins
  figure quiet_episodes;  // a year, in the quiet twins: what "false episodes" means where two detectors are matched
};
[[nodiscard]] quality quality_of(std::span<const tally> all, double periods_a_year);

// The limit at which the quiet twins have at most `episodes_a_year`, as low as possible.
[[nodiscard]] double limit_for(std::span<const trial> trials, std::span<const said_of_trial> all,
                               double episodes_a_year, double periods_a_year);

// Found by one less found by the other, on the same trials.
[[nodiscard]] figure found_more(std::span<const tally> one, std::span<const tally> other);

} // namespace forewarn::detectors
