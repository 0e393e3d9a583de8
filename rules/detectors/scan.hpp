// SPDX-License-Identifier: Apache-2.0
// Kulldorff's prospective space-time scan (1997, 2001; permutation model: Kulldorff et al. 2005): is there a circle of
// places, over the last d days, with more cases than chance gives? Cylinders are a centre's k nearest places times the
// last d days; `c` cases observed, `N` in all.
//   permutation: mu = sum over zone and window of S_place D_day / N; needs no population, absorbs weekday and season
//   poisson:     mu = N pop_zone / pop d / T
//   LLR = c log(c / mu) + (N - c) log((N - c) / (N - mu)) where c > mu, else 0; the statistic is the largest of all
// Chance by Monte Carlo, by the same maxima for every cluster, and by a Gumbel through them for what none of them
// reached. A fixed seed gives the same answer on any number of threads. Asks no clock and starts no thread itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace forewarn::detectors {

struct scan_place {
  double x = 0, y = 0; // in any unit of length
  double population = 0;
};

enum class scan_model {
  permutation,
  poisson
};

struct scan_options {
  scan_model model = scan_model::permutation;
  std::size_t most_days = 7; // of a window; 64 at most
  double most_share = 0.5;   // of all cases (permutation) or people (poisson) in one zone
  double most_radius = std::numeric_limits<double>::infinity(); // in the places' unit
  std::size_t least_cases = 2;
  std::size_t replicates = 999;
  std::size_t enough = 50; // replicates that reach the statistic: the chance is known well enough; 0: runs them all
  std::uint64_t seed = 1;
};

// Cases per place and day, days oldest first; the last day is the one that windows end on.
struct scan_counts {
  std::size_t places = 0, days = 0;
  std::vector<std::uint32_t> cases; // [place * days + day]
};

// The best cylinder around one place.
struct scan_cluster {
  std::size_t centre = 0;
  double llr = 0;
  std::size_t places = 0, days = 0; // the nearest so many, the last so many; 0: there is none
  double observed = 0, expected = 0;
};

struct scan_chance {
  double p = 1; // by Monte Carlo, or where no replicate reached it by the Gumbel
  double p_monte_carlo = 1;
  double p_gumbel = 1;
  double recurrence_days = 1; // run daily, chance shows as much once in so many days
};

// Runs job(0) to job(n - 1), in any order, on any threads, and returns when all are done.
using run_jobs = std::function<void(std::size_t n, const std::function<void(std::size_t)>& job)>;
void run_in_turn(std::size_t n, const std::function<void(std::size_t)>& job);

// The orders in which zones grow are worked out once; counts may be given day after day.
class space_time_scan {
public:
  // By distance between places. Throws std::invalid_argument for options out of their limits.
  space_time_scan(std::vector<scan_place> places, scan_options by);
  // By a table of neighbours: nearer is what takes fewer steps, then what is nearer.
  space_time_scan(std::vector<scan_place> places, const std::vector<std::vector<std::size_t>>& neighbours,
                  scan_options by);

  struct found {
    std::vector<scan_cluster> by_centre;
    std::vector<double> maxima;                    // of the replicates that were run
    double cases = 0;                              // N
    std::size_t best = 0;                          // its position in by_centre
    std::vector<std::vector<std::uint32_t>> zones; // places by centre, the nearest first, as far as a zone may grow
  };
  // Counts of the same places. Without a case, or with one place only, nothing is found and nothing is run.
  [[nodiscard]] found scan(const scan_counts& counts, const run_jobs& run = run_in_turn) const;
  [[nodiscard]] scan_chance chance_of(const found& all, double llr) const;

private:
  std::vector<scan_place> places_;
  scan_options by_;
  std::vector<std::vector<std::uint32_t>> nearest_; // by centre
};

[[nodiscard]] double scan_llr(double observed, double expected, double cases);

} // namespace forewarn::detectors
