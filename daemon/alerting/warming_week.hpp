// SPDX-License-Identifier: Apache-2.0
// Which series of which rules began to watch this week, and which cannot yet: said once a week with how the week was,
// never by itself. The desk, whose engine knows, writes the sentences down when the week is due; the news tell them.
#pragma once

#include "forewarn/store.hpp"
#include "rules/engine.hpp"

#include <string>
#include <vector>

namespace forewarn::alerting {

// A sentence for each rule of which series have become ready since then (some named, the rest counted), and one for all
// that still warm up. Of live rules alone; none where there is nothing to say.
[[nodiscard]] std::vector<std::string> warming_words(const std::vector<rules::period_state>& all,
                                                     const rules::rule_set& by, instant since, instant now);

// Where the week is due: for `take_warming`.
void note_warming(const rules::engine& from, store& ledger, instant now);
// What was noted, once.
[[nodiscard]] std::vector<std::string> take_warming(store& ledger);

} // namespace forewarn::alerting
