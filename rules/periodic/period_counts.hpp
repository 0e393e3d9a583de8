// SPDX-License-Identifier: Apache-2.0
// A series' observations in order of time, and what each period of it counts. Only periods that hold something are
// kept; a record costs a recount of its own period at most. Of purged records only what they counted is known: it is
// added to what is counted of those that are left.
#pragma once

#include "rules/forgetting.hpp"
#include "rules/periodic/periods.hpp"
#include "rules/tally.hpp"

#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace forewarn::rules {

struct counted_period {
  period which = 0;
  amount count = 0;
};

class period_counts {
public:
  void insert(const entry& one, const periods& by);
  // Purged records of a period, which counted so much.
  void remember(period which, amount more);
  // What it added; nothing where it was not there.
  std::optional<share> erase(instant at, observation_index who, const periods& by);

  [[nodiscard]] amount at(period which) const;
  // By period; those that hold nothing are left out.
  [[nodiscard]] const std::vector<counted_period>& all() const noexcept { return counts_; }
  // The first that ever held anything, forgotten ones among them.
  [[nodiscard]] std::optional<period> first() const;
  [[nodiscard]] std::optional<period> last() const;
  [[nodiscard]] std::span<const entry> in(period which, const periods& by) const;

  // Periods before that of `gone.before` are forgotten with what they counted.
  void forget(const forgetting& gone, const periods& by);
  // All anew, from that period on.
  void recount(const periods& by, period from);

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.line_, me.began_, me.remembered_);
  }

private:
  void set(period which, amount of_records);
  [[nodiscard]] amount remembered(period which) const;

  static constexpr period none = std::numeric_limits<period>::max();

  timeline line_{duration{1}};
  std::vector<counted_period> counts_, remembered_; // by period
  period began_ = none;                             // of what is forgotten
  tally newest_;                                    // of one period, kept running
  period newest_for_ = none;
};

} // namespace forewarn::rules
