// SPDX-License-Identifier: Apache-2.0
// Where a scan rule stands, for people who ask: the best cluster of a series by the records that were known when a day
// ended, in words. Counts records anew and changes nothing.
#pragma once

#include "rules/scan/cluster.hpp"

#include <memory>
#include <string>
#include <vector>

namespace forewarn::tuning {

class scan_look {
public:
  // `by` is a scan rule that was loaded against this data.
  scan_look(const rules::rule& by, std::shared_ptr<const reference_data> reference);

  // Every series at the end of that day, by what had arrived until then, or until `at_most` where that is sooner.
  [[nodiscard]] std::vector<rules::looked_back> at_end_of(rules::period day, const std::vector<observation>& revisions,
                                                          const std::vector<feed_turn>& turns,
                                                          instant at_most = instant::max()) const;
  [[nodiscard]] rules::period day_of(instant at) const { return calendar_.of(at); }
  // The day that had ended last.
  [[nodiscard]] rules::period day_before(instant at) const { return calendar_.of(at) - 1; }
  [[nodiscard]] std::string day_text(rules::period day) const;

  // "6 in Armley and Beeston, 2026-03-03 to 2026-03-04, where 1.1 were to be expected; log-likelihood ratio 9.3; chance
  // alone shows as strong a cluster once in 412 days"
  [[nodiscard]] std::string words(const rules::cluster& what) const;
  // And what it would have to be: ", and amber asks for 100". Empty where it is that.
  [[nodiscard]] std::string lacking_words(const rules::cluster& what) const;
  [[nodiscard]] const rules::area_layout& layout() const { return judge_.layout(); }
  [[nodiscard]] const rules::scan_detector& how() const { return std::get<rules::scan_detector>(by_.detector); }

private:
  const rules::rule& by_;
  std::shared_ptr<const reference_data> reference_;
  rules::cluster_judge judge_;
  rules::periods calendar_;
};

} // namespace forewarn::tuning
