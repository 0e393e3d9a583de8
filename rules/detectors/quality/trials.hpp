// SPDX-License-Identifier: Apache-2.0
// Series of which it is known what happened in them, made up by seed, to measure detectors by. Two designs:
//   weekly  42 scenarios of Noufaily et al. 2013 and Bédubourg and Le Strat 2017: 624 weeks, means from 0.1 to 150,
//           with and without trend and season; four past outbreaks and one in the last 49 weeks, which are judged
//   daily   overdose call-outs of a place: 0.1 to 5 a day, flat or heavier at weekends, a mild season and trend, five
//           years; the last 365 days are judged and hold one spike (1 or 2 days), plateau (3 to 7) or ramp (10)
// Each series has a quiet twin, the same without its last outbreak. Part of each day's cases may be known on the day
// itself only (40 to 90 %, the rest a day later). Nobody's data; the same seed gives the same series.
#pragma once

#include "rules/detectors/series.hpp"

#include <string>

namespace forewarn::detectors {

enum class trial_design {
  daily,
  weekly
};

struct trial_outbreak {
  std::size_t first = 0, last = 0; // periods with at least one case of it
  double cases = 0;
};

struct trial {
  std::string name;
  series seen;                                  // what a detector is shown
  std::vector<double> quiet;                    // its counts without the outbreak; empty: not known
  std::vector<double> same_day, quiet_same_day; // of both, what was known within the period itself; empty: all of it
  std::vector<trial_outbreak> outbreaks;        // in order; none: it came to no case
  std::size_t from = 0, to = 0;                 // the periods that are judged, both included
  std::string mean, kind;                       // to group by: "0.3"; "spike"
};

struct trial_plan {
  trial_design design = trial_design::daily;
  std::size_t series = 360; // made up to whole rounds of all scenarios
  std::uint64_t seed = 1;
};

[[nodiscard]] double periods_a_year(trial_design design);
[[nodiscard]] std::size_t trials_in(const trial_plan& plan);
// Number `i` of `trials_in`, the same whichever others are made.
[[nodiscard]] trial make_trial(const trial_plan& plan, std::size_t i);

} // namespace forewarn::detectors
