// SPDX-License-Identifier: Apache-2.0
// Where and when each value was seen, within one scope: what tells news from the known.
#pragma once

#include "forewarn/instant.hpp"
#include "rules/machines/series_book.hpp"

#include <compare>
#include <limits>
#include <optional>
#include <unordered_map>
#include <vector>

namespace forewarn::rules {

using value_index = std::uint32_t;

// One observation's value in one series. `order` is that of arrival: of two at one time the first received was first.
struct sighting {
  instant at;
  std::uint32_t order = 0;
  observation_index who = 0;
  series_index series = 0;
  bool confirmed = false;
};

// Stands for all observations of which only counts were kept, or that are forgotten.
constexpr observation_index remembered = std::numeric_limits<observation_index>::max();

class sightings {
public:
  void enter(instant at);
  void leave(instant at);
  [[nodiscard]] std::optional<instant> first() const;

  void add(value_index value, const sighting& one);
  // The one that was added with this time, observation and series; nothing where there is none.
  std::optional<sighting> remove(value_index value, instant at, observation_index who, series_index series);

  // The nearest sighting of the value before this one by another observation; only confirmed ones if so wanted.
  [[nodiscard]] const sighting* before(value_index value, const sighting& one, bool only_confirmed) const;
  // All sightings of the first other observation after it.
  void after(value_index value, const sighting& one, bool only_confirmed, std::vector<sighting>& out) const;

  // Of each value the newest of those forgotten stays, as remembered; and when the scope began.
  void forget(const forgetting& gone);

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.times_, me.began_, me.values_);
  }

private:
  struct by_time {
    std::vector<sighting> all, confirmed; // by time, then order
    template <class Archive, class Self> static void fields(Archive& to, Self& me) { to(me.all, me.confirmed); }
  };
  std::vector<instant> times_;     // of every observation of the scope, sorted
  instant began_ = instant::max(); // with what is forgotten
  std::unordered_map<value_index, by_time> values_;
};

} // namespace forewarn::rules
