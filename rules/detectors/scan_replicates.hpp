// SPDX-License-Identifier: Apache-2.0
// The statistic of one random world after the other: where cases might have fallen if nothing had happened. Only the
// last days matter, only places with a case there, and of their cylinders only those whose ratio can still be the
// largest: a bound without logarithms sorts the others out, several days at once.
#pragma once

#include "rules/detectors/scan.hpp"

namespace forewarn::detectors {

// A zone's expected cases are share[step] * of_day[d]: one factor per place taken in, one per length of the window.
struct scan_zones {
  std::vector<std::vector<std::uint32_t>> places; // by centre, the nearest first
  std::vector<std::vector<double>> share;         // by centre, up to and with that place
  std::vector<double> of_day;                     // by d - 1
};

struct scan_world {
  scan_options by;
  double cases = 0; // N
  const scan_zones* zones = nullptr;
  std::vector<std::uint32_t> place_of_case; // permutation: one per case
  std::vector<std::uint32_t> recent_by_lag; // permutation: cases on the last day, the day before, ...
  std::vector<double> people_up_to;         // poisson: sums of population
  std::size_t days = 0;                     // poisson: of the whole study
};

// The largest ratio in the world of this number; the same whichever worlds were asked for before. One object a thread.
class scan_replicate {
public:
  explicit scan_replicate(const scan_world& world);
  [[nodiscard]] double largest(std::uint64_t number);

private:
  void draw(std::uint64_t number);
  void put(std::uint32_t place, std::size_t lag);
  [[nodiscard]] double largest_above(double start) const; // `start` itself where there is none

  const scan_world& world_;
  std::size_t lanes_;
  std::vector<std::uint32_t> order_;   // of the cases; shuffled at its front, and put back
  std::vector<std::int32_t> row_of_;   // by place: its row in rows_, or -1
  std::vector<std::uint32_t> touched_; // places with a row
  std::vector<std::uint32_t> newest_;  // by row: how long before the last day its newest case lies
  double start_ = 0;
  std::vector<float> rows_; // cases of the last d days, by d - 1
};

} // namespace forewarn::detectors
