// SPDX-License-Identifier: Apache-2.0
// How far a series is from its bound, asked of the engine itself: it is given the series' records, and then one more
// of the kind after the other until a signal opens. So the answer holds for every detector. Guesses nothing beyond.
#pragma once

#include "rules/activity.hpp"
#include "rules/engine.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace forewarn::tuning {

// The rule alone, at work whatever its status.
[[nodiscard]] std::shared_ptr<const rules::rule_set> alone(const rules::rule& one,
                                                           std::shared_ptr<const reference_data> reference);

// The window that the rule looks at; seven days where its detector has none.
[[nodiscard]] duration window_of(const rules::rule& one);

// By the rule's measure (incidents where it has none): what these records count together.
[[nodiscard]] double counted(const rules::rule& one, const std::vector<const observation*>& records);

struct counted_best {
  double count = 0;
  instant end; // of that window
};
// The largest count of a window that ends at a record in (after, to]. `records` by time.
[[nodiscard]] counted_best best_window(const rules::rule& one, const std::vector<const observation*>& records,
                                       instant after, instant to);

struct step_up {
  std::size_t more = 0; // records like the newest one that counts, arriving then
  forewarn::level level = forewarn::level::amber;
  double bound = 0;    // that is reached then
  bool raises = false; // a signal is open already, and rises
};

// The first record of all that the rule observes; null where there is none. Detectors that compare with a past begin it
// there, so it goes before a series' own records, which are in order of arrival.
[[nodiscard]] const observation* first_observed(const rules::rule& one, const std::vector<const observation*>& all);
void begin_with(const observation* first, std::vector<const observation*>& records);

// `records`: the series' own, in order of arrival. Nothing where not even `most` more would change anything.
[[nodiscard]] std::optional<step_up> next_step(const std::shared_ptr<const rules::rule_set>& rule,
                                               const series_key& series, const std::vector<const observation*>& records,
                                               instant now, std::size_t most);

} // namespace forewarn::tuning
