// SPDX-License-Identifier: Apache-2.0
// spike and unusual: a window against what the series did before it.
#include "rules/chance.hpp"
#include "rules/machines/windowed.hpp"
#include "rules/machines/windowed_detectors.hpp"
#include "rules/sliding_count.hpp"

namespace forewarn::rules {
namespace {

// The counts of a series over some stretches of its own past, each kept by itself.
class past_counts {
public:
  explicit past_counts(std::size_t stretches) : each_{stretches} {}

  void add_series() { counts_.emplace_back(each_); }
  void put(series_index where, const entry& one) {
    for (auto& count : counts_[where]) count.inserted(one);
  }
  void drop(series_index where, instant at, share adds) {
    for (auto& count : counts_[where]) count.erased(at, adds);
  }
  void start_over() {
    for (auto& of_series : counts_)
      for (auto& count : of_series) count.start_over();
  }
  [[nodiscard]] double over(series_index where, std::size_t which, const timeline& line, instant after, instant to) {
    return to_value(counts_[where][which].over(line, after, to));
  }

private:
  std::size_t each_;
  std::deque<std::vector<sliding_count>> counts_; // by series
};

class spike_judge {
public:
  static constexpr bool unsteady = true; // what comes late into the baseline raises the mean

  explicit spike_judge(const surroundings& where)
      : detector_{std::get<spike_detector>(where.by.detector)},
        windows_{static_cast<std::size_t>(detector_.baseline / detector_.within)}, past_{windows_} {}

  [[nodiscard]] duration within() const { return detector_.within; }
  [[nodiscard]] const measure& counts() const { return detector_.measure; }

  void add_series(const series_values&) { past_.add_series(); }
  void put(series_index where, const entry& one, const fact&) { past_.put(where, one); }
  void drop(series_index where, instant at, observation_index, share adds) { past_.drop(where, at, adds); }
  void forget(const forgetting&) { past_.start_over(); }

  void judge(series_index where, const timeline& line, const counted_window& counted, instant first,
             looked_at& window) {
    const auto count = to_value(counted.count);
    const auto before = to_value(counted.before);
    window.from_below = true;
    if (count < detector_.min_count || counted.end - detector_.within - detector_.baseline < first) return;
    const auto mean = mean_before(where, line, window.span.from);
    const auto reaches = [&](double value) {
      return highest_reached(detector_.times, [&](double times) { return value >= times * mean; });
    };
    window.from_below = before < detector_.min_count || reaches(before) == nullptr;
    if (const auto* reached = reaches(count))
      window.found = verdict{reached->level, count, reached->at_least * mean, mean > 0 ? count / mean : count};
  }

private:
  double mean_before(series_index where, const timeline& line, instant end) {
    double sum = 0;
    for (std::size_t i = 0; i < windows_; ++i, end -= detector_.within)
      sum += past_.over(where, i, line, end - detector_.within, end);
    return sum / static_cast<double>(windows_);
  }

  const spike_detector& detector_;
  std::size_t windows_;
  past_counts past_;
};

class unusual_judge {
public:
  static constexpr bool unsteady = true; // as for spike

  explicit unusual_judge(const surroundings& where)
      : detector_{std::get<unusual_detector>(where.by.detector)}, past_{1}, bounds_{detector_} {}

  [[nodiscard]] duration within() const { return detector_.within; }
  [[nodiscard]] const measure& counts() const { return detector_.measure; }

  void add_series(const series_values&) { past_.add_series(); }
  void put(series_index where, const entry& one, const fact&) { past_.put(where, one); }
  void drop(series_index where, instant at, observation_index, share adds) { past_.drop(where, at, adds); }
  void forget(const forgetting&) { past_.start_over(); }

  void judge(series_index where, const timeline& line, const counted_window& counted, instant first,
             looked_at& window) {
    const auto count = to_value(counted.count);
    const auto before = to_value(counted.before);
    window.from_below = true;
    if (count < detector_.min_count || counted.end - detector_.within - detector_.baseline < first) return;
    const auto to = window.span.from - detector_.guard;
    const auto past = past_.over(where, 0, line, to - detector_.baseline, to);
    const auto& bounds = bounds_.after(past);
    window.from_below = before < detector_.min_count || std::ceil(before) < bounds.front();
    for (std::size_t i = 0; i < bounds.size(); ++i)
      if (std::ceil(count) >= bounds[i])
        window.found = verdict{detector_.below[i].level, count, bounds[i], -bounds_.chance_of(count, past)};
  }

private:
  const unusual_detector& detector_;
  past_counts past_;
  chance_bounds bounds_;
};

} // namespace

std::unique_ptr<machine> make_spike(const surroundings& where) {
  return std::make_unique<windowed_machine<spike_judge>>(where);
}

std::unique_ptr<machine> make_unusual(const surroundings& where) {
  return std::make_unique<windowed_machine<unusual_judge>>(where);
}

} // namespace forewarn::rules
