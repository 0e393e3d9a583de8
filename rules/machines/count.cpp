// SPDX-License-Identifier: Apache-2.0
// count: enough observations of a series in one window. rate: enough for the number of people who live there.
#include "rules/machines/windowed_detectors.hpp"

#include "rules/machines/windowed.hpp"
#include "rules/residents.hpp"

namespace forewarn::rules {
namespace {

class count_judge {
public:
  static constexpr bool unsteady = false;

  explicit count_judge(const surroundings& where) : detector_{std::get<count_detector>(where.by.detector)} {}

  [[nodiscard]] duration within() const { return detector_.within; }
  [[nodiscard]] const measure& counts() const { return detector_.measure; }

  void judge(series_index, const timeline&, const counted_window& counted, instant, looked_at& window) const {
    const auto value = to_value(counted.count);
    if (const auto* reached = highest_reached(detector_.at_least, [&](double bound) { return value >= bound; }))
      window.found = verdict{reached->level, value, reached->at_least, value};
    window.from_below = to_value(counted.before) < lowest_bound(detector_.at_least);
  }

private:
  const count_detector& detector_;
};

class rate_judge {
public:
  static constexpr bool unsteady = false;

  explicit rate_judge(const surroundings& where)
      : by_{where.by}, detector_{std::get<rate_detector>(where.by.detector)}, reference_{where.reference} {}

  [[nodiscard]] duration within() const { return detector_.within; }
  [[nodiscard]] const measure& counts() const { return detector_.measure; }

  void add_series(const series_values& values) { residents_.push_back(residents_of(by_, values, *reference_)); }

  void judge(series_index where, const timeline&, const counted_window& counted, instant, looked_at& window) const {
    if (!residents_[where]) return;
    const auto rate = [&](amount count) { return to_value(count) * detector_.per / *residents_[where]; };
    const auto enough = [&](amount count) { return to_value(count) >= detector_.min_count; };
    const auto value = rate(counted.count);
    if (enough(counted.count))
      if (const auto* reached = highest_reached(detector_.at_least, [&](double bound) { return value >= bound; }))
        window.found = verdict{reached->level, value, reached->at_least, value};
    window.from_below = !enough(counted.before) || rate(counted.before) < lowest_bound(detector_.at_least);
  }

private:
  const rule& by_;
  const rate_detector& detector_;
  const shared_reference& reference_;
  std::vector<std::optional<double>> residents_; // by series
};

} // namespace

std::unique_ptr<machine> make_count(const surroundings& where) {
  return std::make_unique<windowed_machine<count_judge>>(where);
}

std::unique_ptr<machine> make_rate(const surroundings& where) {
  return std::make_unique<windowed_machine<rate_judge>>(where);
}

} // namespace forewarn::rules
