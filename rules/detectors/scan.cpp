// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/scan.hpp"

#include "rules/detectors/scan_replicates.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numbers>
#include <numeric>
#include <stdexcept>

namespace forewarn::detectors {
namespace {

constexpr std::size_t most_days = 64;
constexpr double most_cases = 4e9;
constexpr std::size_t jobs = 8; // parts of a batch, so that two threads end together
// Replicates between two looks at whether they are enough: few at first, for on a quiet day few are.
constexpr std::size_t first_batch = 32, batch = 200;

double squared_distance(const scan_place& a, const scan_place& b) {
  return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

void check(const scan_options& by) {
  if (by.most_days < 1 || by.most_days > most_days) throw std::invalid_argument{"scan: windows of 1 to 64 days"};
  if (!(by.most_share > 0 && by.most_share <= 1)) throw std::invalid_argument{"scan: a zone's share is in (0, 1]"};
}

// Steps from one place to all others over the table; out of reach: the largest number.
std::vector<std::size_t> steps_from(std::size_t start, const std::vector<std::vector<std::size_t>>& neighbours) {
  std::vector<std::size_t> out(neighbours.size(), std::numeric_limits<std::size_t>::max());
  std::deque<std::size_t> next{start};
  out[start] = 0;
  while (!next.empty()) {
    const auto at = next.front();
    next.pop_front();
    for (const auto other : neighbours[at])
      if (other < out.size() && out[other] == std::numeric_limits<std::size_t>::max()) {
        out[other] = out[at] + 1;
        next.push_back(other);
      }
  }
  return out;
}

// Cases by place over everything, by day over everything, and by place over the last days.
struct sums {
  std::vector<double> by_place, by_day;
  double all = 0;
};

sums sums_of(const scan_counts& of) {
  sums out{std::vector<double>(of.places, 0), std::vector<double>(of.days, 0)};
  for (std::size_t place = 0; place < of.places; ++place)
    for (std::size_t day = 0; day < of.days; ++day) {
      const double cases = of.cases[place * of.days + day];
      out.by_place[place] += cases;
      out.by_day[day] += cases;
      out.all += cases;
    }
  return out;
}

scan_zones grow_zones(const std::vector<scan_place>& places, const std::vector<std::vector<std::uint32_t>>& nearest,
                      const std::vector<double>& weight, const scan_options& by) {
  scan_zones out;
  const auto whole = std::accumulate(weight.begin(), weight.end(), 0.0);
  for (std::size_t centre = 0; centre < places.size(); ++centre) {
    auto& zone = out.places.emplace_back();
    auto& share = out.share.emplace_back();
    double sum = 0;
    for (const auto place : nearest[centre]) {
      sum += weight[place];
      if (sum > by.most_share * whole) break;
      if (squared_distance(places[centre], places[place]) > by.most_radius * by.most_radius) break;
      zone.push_back(place);
      share.push_back(sum);
    }
  }
  return out;
}

scan_cluster best_around(std::size_t centre, const scan_zones& zones, const scan_counts& of, double all,
                         const scan_options& by) {
  scan_cluster best{centre};
  const auto days = zones.of_day.size();
  std::vector<double> count(days, 0);
  for (std::size_t step = 0; step < zones.places[centre].size(); ++step) {
    const auto* cases = of.cases.data() + zones.places[centre][step] * of.days;
    double sum = 0;
    for (std::size_t d = 0; d < days; ++d) {
      sum += cases[of.days - 1 - d];
      count[d] += sum;
      if (count[d] < static_cast<double>(by.least_cases)) continue;
      const auto expected = zones.share[centre][step] * zones.of_day[d];
      const auto llr = scan_llr(count[d], expected, all);
      if (llr > best.llr) best = {centre, llr, step + 1, d + 1, count[d], expected};
    }
  }
  return best;
}

// After how many replicates `enough` of them had reached the statistic; empty: not yet.
std::optional<std::size_t> replicates_enough(const std::vector<double>& maxima, double statistic, std::size_t enough) {
  std::size_t reached = 0;
  for (std::size_t i = 0; enough > 0 && i < maxima.size(); ++i)
    if (maxima[i] >= statistic && ++reached == enough) return i + 1;
  return {};
}

} // namespace

double scan_llr(double observed, double expected, double cases) {
  if (observed <= expected || expected <= 0) return 0;
  const auto inside = observed * std::log(observed / expected);
  const auto rest = cases - observed;
  return inside + (rest > 0 ? rest * std::log(rest / (cases - expected)) : 0);
}

void run_in_turn(std::size_t n, const std::function<void(std::size_t)>& job) {
  for (std::size_t i = 0; i < n; ++i) job(i);
}

space_time_scan::space_time_scan(std::vector<scan_place> places, scan_options by)
    : places_{std::move(places)}, by_{by} {
  check(by_);
  for (const auto& centre : places_) {
    auto& order = nearest_.emplace_back(places_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::vector<double> far;
    for (const auto& other : places_) far.push_back(squared_distance(centre, other));
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return far[a] < far[b]; });
  }
}

space_time_scan::space_time_scan(std::vector<scan_place> places,
                                 const std::vector<std::vector<std::size_t>>& neighbours, scan_options by)
    : space_time_scan{std::move(places), by} {
  if (neighbours.size() != places_.size()) throw std::invalid_argument{"scan: a row of neighbours for each place"};
  for (std::size_t centre = 0; centre < places_.size(); ++centre) {
    const auto steps = steps_from(centre, neighbours);
    auto& order = nearest_[centre];
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return steps[a] < steps[b]; });
    std::erase_if(order, [&](auto place) { return steps[place] == std::numeric_limits<std::size_t>::max(); });
  }
}

space_time_scan::found space_time_scan::scan(const scan_counts& counts, const run_jobs& run) const {
  if (counts.places != places_.size() || counts.cases.size() != counts.places * counts.days)
    throw std::invalid_argument{"scan: counts of other places"};
  found out;
  for (std::size_t centre = 0; centre < places_.size(); ++centre) out.by_centre.push_back({centre});
  const auto all = sums_of(counts);
  out.cases = all.all;
  if (places_.size() < 2 || counts.days < 1 || all.all < 1 || all.all > most_cases) return out;

  const bool poisson = by_.model == scan_model::poisson;
  std::vector<double> weight = all.by_place;
  double people = 0;
  if (poisson)
    for (std::size_t place = 0; place < places_.size(); ++place) people += weight[place] = places_[place].population;
  if (poisson && !(people > 0)) return out;
  auto zones = grow_zones(places_, nearest_, weight, by_);
  double recent = 0;
  scan_world world{by_};
  world.by.most_days = std::min(by_.most_days, counts.days);
  for (std::size_t d = 0; d < world.by.most_days; ++d) {
    const auto on_day = all.by_day[counts.days - 1 - d];
    recent += on_day;
    world.recent_by_lag.push_back(static_cast<std::uint32_t>(on_day));
    zones.of_day.push_back(poisson ? all.all / people * static_cast<double>(d + 1) / static_cast<double>(counts.days)
                                   : recent / all.all);
  }
  for (auto& one : out.by_centre) one = best_around(one.centre, zones, counts, all.all, by_);
  const auto best = std::max_element(out.by_centre.begin(), out.by_centre.end(),
                                     [](const auto& a, const auto& b) { return a.llr < b.llr; });
  out.best = static_cast<std::size_t>(best - out.by_centre.begin());

  world.cases = all.all;
  world.zones = &zones;
  world.days = counts.days;
  if (poisson) {
    std::partial_sum(weight.begin(), weight.end(), std::back_inserter(world.people_up_to));
  } else {
    for (std::size_t place = 0; place < counts.places; ++place)
      world.place_of_case.insert(world.place_of_case.end(), static_cast<std::size_t>(all.by_place[place]),
                                 static_cast<std::uint32_t>(place));
  }
  const auto wanted = best->llr > 0 ? by_.replicates : 0;
  while (out.maxima.size() < wanted) {
    const auto from = out.maxima.size(), to = std::min(from + std::clamp(from, first_batch, batch), wanted);
    out.maxima.resize(to);
    run(jobs, [&](std::size_t job) {
      scan_replicate replicate{world};
      for (auto i = from + job; i < to; i += jobs) out.maxima[i] = replicate.largest(i);
    });
    const auto run_out = replicates_enough(out.maxima, best->llr, by_.enough);
    if (!run_out) continue;
    out.maxima.resize(*run_out);
    break;
  }
  out.zones = std::move(zones.places);
  return out;
}

scan_chance space_time_scan::chance_of(const found& all, double llr) const {
  scan_chance out;
  const auto run = static_cast<double>(all.maxima.size());
  if (run < 1 || llr <= 0) return out;
  const auto reached =
      static_cast<double>(std::count_if(all.maxima.begin(), all.maxima.end(), [&](double one) { return one >= llr; }));
  const bool stopped = all.maxima.size() < by_.replicates; // Besag and Clifford 1991
  out.p_monte_carlo = stopped ? std::max(reached, 1.0) / run : (reached + 1) / (run + 1);
  const auto mean = std::accumulate(all.maxima.begin(), all.maxima.end(), 0.0) / run;
  double squares = 0;
  for (const auto one : all.maxima) squares += (one - mean) * (one - mean);
  const auto scale = std::sqrt(squares / run) * std::sqrt(6.0) / std::numbers::pi;
  const auto mode = mean - 0.57722 * scale;
  out.p_gumbel = scale > 0 ? -std::expm1(-std::exp(-(llr - mode) / scale)) : out.p_monte_carlo;
  out.p = reached > 0 ? out.p_monte_carlo : std::min(out.p_gumbel, out.p_monte_carlo);
  out.recurrence_days = out.p > 0 ? std::min(1 / out.p, 1e12) : 1e12;
  return out;
}

} // namespace forewarn::detectors
