// SPDX-License-Identifier: Apache-2.0
// How much of a period has arrived so many periods after it, learnt from when a rule's records happened and when they
// came. Learns nothing from a past that was read in at once: of a record only where the rule was at work when it
// happened. Says "all of it" until it has seen four weeks and fifty records.
#pragma once

#include "rules/periodic/periods.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <utility>

namespace forewarn::rules {

class completeness {
public:
  // Periods after which nothing more is waited for.
  static constexpr std::size_t horizon = 14;
  static constexpr period remembered = 91; // periods of arrival

  explicit completeness(period_length every) : least_periods_{every == period_length::day ? 28 : 4} {}

  void learn(period happened, period arrived);
  // What was learnt until this period began; true where that is news.
  bool turn_to(period now);
  // Of a period that lies `lag` periods back: 0 the one that has not ended. In (0, 1].
  [[nodiscard]] double at(period lag) const;

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.begun_, me.at_work_, me.arrived_, me.learnt_, me.turned_);
  }

private:
  using by_lag = std::array<std::uint32_t, horizon + 1>;

  period least_periods_; // in periods
  period begun_ = 0;
  bool at_work_ = false;
  std::deque<std::pair<period, by_lag>> arrived_;
  std::array<double, horizon + 1> learnt_ = all_of_it();
  period turned_ = 0;

  static constexpr std::array<double, horizon + 1> all_of_it() {
    std::array<double, horizon + 1> out{};
    for (auto& one : out) one = 1;
    return out;
  }
};

} // namespace forewarn::rules
