// SPDX-License-Identifier: Apache-2.0
// What one period of one series is worth: the plain series that a method of rules/detectors asks for, made of what the
// engine holds, and its verdict by level. Which periods are looked at, and when, the machine decides.
//
// A series begins with its first observation, or on `since`. Periods in which a feed was overdue, and those left out by
// `exclude`, are in it without a count; bank holidays (the calendar `bank-holiday`) are Sundays.
#pragma once

#include "forewarn/reference.hpp"
#include "rules/engine.hpp"
#include "rules/machines/looked.hpp"
#include "rules/periodic/completeness.hpp"
#include "rules/periodic/method_needs.hpp"
#include "rules/periodic/period_counts.hpp"

#include <array>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::rules {

// What has been found out about a period of a series since its past last changed: counts up to which it is quiet, and
// from which it fires, by level.
struct known_period {
  struct by_level {
    double quiet_to = -1, fires_from = std::numeric_limits<double>::infinity(), bound = 0;
  };
  period which = std::numeric_limits<period>::min();
  std::uint64_t stamp = 0;
  std::array<by_level, 3> levels;
  std::vector<detectors::method> charts; // by level, at the period's beginning; of methods that can be kept so
};

struct periodic_series {
  period_counts all;       // all that is observed
  period_counts of;        // what is counted of it, for a share of positive tests
  known_period known = {}; // of the newest period asked for

  template <class Archive, class Self> static void fields(Archive& to, Self& me) { to(me.all, me.of); }
};

// Which periods of which series hold no count: spans of periods, both included.
using missing_periods = std::vector<std::pair<period, period>>;

// What a period counts without the records of feeds that are new; asked only where there is one.
using count_without_new = std::function<double(const period_counts&, period)>;

class period_judge {
public:
  period_judge(const periodic_detector& by, const reference_data& reference);

  [[nodiscard]] const periods& calendar() const noexcept { return calendar_; }
  [[nodiscard]] const method_needs& needs() const noexcept { return needs_; }
  // Periods that must lie before one that is judged.
  [[nodiscard]] std::size_t least_history() const noexcept { return least_history_; }

  // What no record of the series tells: silent feeds, what was learnt of lateness, which period it is now.
  struct times {
    const missing_periods& missing;
    const completeness* arriving = nullptr; // where expectations are scaled
    period now = 0;
    std::uint64_t stamp = 0; // another as soon as anything in here changes
    count_without_new without_new = {};
  };

  // The first period of the series; nothing while there is none.
  [[nodiscard]] std::optional<period> begin(const periodic_series& of) const;
  // Nothing where the period is within its bound, or nothing can be said of it.
  [[nodiscard]] std::optional<verdict> judge(periodic_series& of, period which, const times& by);
  // Whether it has the history to be judged.
  [[nodiscard]] bool can_judge(const periodic_series& of, period which) const;
  [[nodiscard]] double count_of(const periodic_series& of, period which, const times& by) const;

  // Before any record of the period: what the lowest level expects, and its bound.
  struct outlook {
    std::optional<double> expected, bound;
  };
  [[nodiscard]] outlook look_ahead(periodic_series& of, period which, const times& by);

  // The least whole count of the period at which it would be of each level, the lowest level first; none where nothing
  // can be said of it, and none of a share, which hangs on two counts.
  [[nodiscard]] std::vector<period_state::step> steps(const periodic_series& of, period which, const times& by);

private:
  [[nodiscard]] detectors::verdict ask(std::size_t level, std::size_t at, known_period* known = nullptr);
  [[nodiscard]] detectors::method made(std::size_t level) const;
  void lay_out(const periodic_series& of, period which, double count, const times& by);
  void leave_out(period first, period last, period from, period to);
  void scale(detectors::verdict& told, double count, double arrived) const;
  [[nodiscard]] static double shown_bound(const detectors::verdict& told, double count, bool of_several);

  const periodic_detector& by_;
  periods calendar_;
  method_needs needs_;
  std::vector<method_settings> settings_; // by level
  std::vector<detectors::method> methods_;
  std::size_t least_history_ = 0, kept_ = 0;
  bool bound_of_several_ = false;
  missing_periods excluded_;
  std::vector<std::int32_t> holidays_; // days, sorted
  detectors::series line_;             // room for the one at hand
};

} // namespace forewarn::rules
