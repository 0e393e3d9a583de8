// SPDX-License-Identifier: Apache-2.0
#include "rules/detectors/scan_replicates.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace forewarn::detectors {
namespace {

constexpr std::size_t most_lanes = 64;
constexpr double cautious = 0.9999; // the bound is reckoned in floats

// SplitMix64 (Steele, Lea and Flood 2014): good enough to shuffle by, and begun anew for each replicate in one step.
class dice {
public:
  dice(std::uint64_t seed, std::uint64_t number) : state_{mixed(seed + 0x9e3779b97f4a7c15U * (number + 1))} {}
  [[nodiscard]] std::uint64_t next() { return mixed(state_ += 0x9e3779b97f4a7c15U); }
  // 0 to n - 1; n < 2^32, so that the bias is below 2^-32.
  [[nodiscard]] std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32); }
  [[nodiscard]] double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

std::size_t lanes_for(std::size_t days) {
  for (const std::size_t lanes : {8U, 16U, 32U})
    if (days <= lanes) return lanes;
  return most_lanes;
}

constexpr std::size_t width = 8;
using eight = float __attribute__((vector_size(4 * width))); // at once where the machine can, else in two halves
constexpr auto no_lane = eight{} < eight{};

[[gnu::always_inline]] inline bool none_of(const decltype(no_lane)& lanes) {
  std::uint64_t words[width / 2]; // NOLINT(modernize-avoid-c-arrays)
  std::memcpy(words, &lanes, sizeof words);
  std::uint64_t any = 0;
  for (const auto word : words) any |= word;
  return any == 0;
}

// What a walk over the zones of all centres needs.
struct walk {
  const scan_world& world;
  const std::int32_t* row_of; // by place
  const float* rows;
  const std::uint32_t* newest; // by row: periods before the last day at which its newest case lies
  double start;                // nothing up to this ratio is of interest
};

// log(1 + u) <= u (6 + u) / (6 + 4 u) bounds the ratio from above by
//   e^2 ((3 mu + e) / (mu (6 mu + 4 e)) + 1 / (N - mu)),  e = c - mu > 0.
// What stays below the best found so far needs no logarithm.
template <std::size_t Lanes> [[gnu::always_inline]] inline double walk_zones(const walk& in) {
  constexpr auto blocks = Lanes / width;
  const auto& zones = *in.world.zones;
  const auto days = in.world.by.most_days;
  eight of_day[blocks]; // NOLINT(modernize-avoid-c-arrays): eight lanes at a time
  for (std::size_t d = 0; d < Lanes; ++d)
    of_day[d / width][d % width] = d < days ? static_cast<float>(zones.of_day[d]) : 1e12F; // beyond: never enough cases
  const auto longest = static_cast<float>(zones.of_day[days - 1]);
  const auto least = static_cast<float>(in.world.by.least_cases) - 0.5F, all = static_cast<float>(in.world.cases);
  auto best = in.start;
  auto bar = static_cast<float>(best * cautious);
  for (std::size_t centre = 0; centre < zones.places.size(); ++centre) {
    eight count[blocks] = {}; // NOLINT(modernize-avoid-c-arrays)
    const auto* places = zones.places[centre].data();
    const auto* share = zones.share[centre].data();
    for (std::size_t step = 0; step < zones.places[centre].size(); ++step) {
      const auto row = in.row_of[places[step]];
      if (row < 0) continue;
      const auto* more = in.rows + static_cast<std::size_t>(row) * Lanes;
      const auto part = static_cast<float>(share[step]);
      const auto rest = 1 / std::max(all - part * longest, 1e-3F);
      auto open = no_lane; // lengths of the window at which this zone may be the best
      const std::size_t first = in.newest[row] / width;
      for (auto d = first; d < blocks; ++d) {
        eight cases;
        std::memcpy(&cases, more + width * d, sizeof cases);
        count[d] += cases;
        const auto mean = part * of_day[d], excess = count[d] - mean;
        const auto spread = mean * (6 * mean + 4 * excess);
        open |= (excess > 0) & (excess * excess * (3 * mean + excess + rest * spread) > bar * spread);
      }
      if (none_of(open)) continue;
      for (auto d = width * first; d < days; ++d) {
        const auto cases = count[d / width][d % width], mean = part * of_day[d / width][d % width],
                   excess = cases - mean;
        if (cases <= least || excess <= 0) continue;
        const auto spread = mean * (6 * mean + 4 * excess);
        if (excess * excess * (3 * mean + excess + rest * spread) <= bar * spread) continue;
        const auto value = scan_llr(static_cast<double>(cases), share[step] * zones.of_day[d], in.world.cases);
        if (value <= best) continue;
        best = value;
        bar = static_cast<float>(best * cautious);
      }
    }
  }
  return best;
}

// The same twice: for what every machine of its kind can do, and for those that add eight at once.
template <std::size_t Lanes> double walk_anywhere(const walk& in) {
  return walk_zones<Lanes>(in);
}

#ifdef __x86_64__
template <std::size_t Lanes> [[gnu::target("avx2")]] double walk_wide(const walk& in) {
  return walk_zones<Lanes>(in);
}
template <std::size_t Lanes> double walk_by_machine(const walk& in) {
  static const bool wide = __builtin_cpu_supports("avx2") != 0;
  return wide ? walk_wide<Lanes>(in) : walk_anywhere<Lanes>(in);
}
#else
template <std::size_t Lanes> double walk_by_machine(const walk& in) {
  return walk_anywhere<Lanes>(in);
}
#endif

} // namespace

scan_replicate::scan_replicate(const scan_world& world)
    : world_{world}, lanes_{lanes_for(world.by.most_days)}, order_{world.place_of_case} {
  std::size_t places = world.people_up_to.size();
  for (const auto place : order_) places = std::max<std::size_t>(places, place + 1);
  for (const auto& zone : world.zones->places)
    for (const auto place : zone) places = std::max<std::size_t>(places, place + 1);
  row_of_.assign(places, -1);
}

void scan_replicate::put(std::uint32_t place, std::size_t lag) {
  auto& row = row_of_[place];
  if (row < 0) {
    row = static_cast<std::int32_t>(touched_.size());
    touched_.push_back(place);
    newest_.push_back(static_cast<std::uint32_t>(lag));
    rows_.resize(touched_.size() * lanes_, 0);
  }
  auto& newest = newest_[static_cast<std::size_t>(row)];
  newest = std::min(newest, static_cast<std::uint32_t>(lag));
  auto* counts = rows_.data() + static_cast<std::size_t>(row) * lanes_;
  for (auto d = lag; d < lanes_; ++d) counts[d] += 1;
}

void scan_replicate::draw(std::uint64_t number) {
  for (const auto place : touched_) row_of_[place] = -1;
  touched_.clear();
  newest_.clear();
  rows_.clear();
  dice roll{world_.by.seed, number};
  if (world_.by.model == scan_model::poisson) {
    const auto all = static_cast<std::uint64_t>(world_.cases);
    for (std::uint64_t i = 0; i < all; ++i) {
      const std::size_t lag = roll.below(static_cast<std::uint32_t>(world_.days));
      if (lag >= world_.by.most_days) continue;
      const auto& sums = world_.people_up_to;
      const auto found = std::upper_bound(sums.begin(), sums.end() - 1, roll.unit() * sums.back());
      put(static_cast<std::uint32_t>(found - sums.begin()), lag);
    }
    return;
  }
  // Who fell on the last days: as many records without replacement as fell there; the rest is never looked at.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> swaps;
  const auto all = static_cast<std::uint32_t>(order_.size());
  std::uint32_t at = 0;
  for (std::size_t lag = 0; lag < world_.recent_by_lag.size(); ++lag)
    for (std::uint32_t i = 0; i < world_.recent_by_lag[lag]; ++i, ++at) {
      const auto other = at + roll.below(all - at);
      std::swap(order_[at], order_[other]);
      swaps.emplace_back(at, other);
      put(order_[at], lag);
    }
  for (auto one = swaps.rbegin(); one != swaps.rend(); ++one) std::swap(order_[one->first], order_[one->second]);
}

double scan_replicate::largest_above(double start) const {
  const walk in{world_, row_of_.data(), rows_.data(), newest_.data(), start};
  switch (lanes_) {
  case 8: return walk_by_machine<8>(in);
  case 16: return walk_by_machine<16>(in);
  case 32: return walk_by_machine<32>(in);
  default: return walk_by_machine<most_lanes>(in);
  }
}

// Begins where the worlds before let expect the maximum: most cylinders are then out of the question from the first on.
// Where that was too high, begins again from nothing: the answer is the same wherever it begins.
double scan_replicate::largest(std::uint64_t number) {
  draw(number);
  auto out = largest_above(start_);
  if (out <= start_) out = largest_above(0);
  start_ = start_ == 0 ? 0.6 * out : std::min(start_, 0.9 * out);
  return out;
}

} // namespace forewarn::detectors
