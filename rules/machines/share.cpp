// SPDX-License-Identifier: Apache-2.0
// share: how large a part of what is counted in a window is of one sort.
#include "rules/machines/windowed.hpp"
#include "rules/machines/windowed_detectors.hpp"
#include "rules/sliding_count.hpp"

namespace forewarn::rules {
namespace {

class share_judge {
public:
  static constexpr bool unsteady = true; // one more of the other sort makes the share smaller

  explicit share_judge(const surroundings& where) : detector_{std::get<share_detector>(where.by.detector)} {}

  [[nodiscard]] duration within() const { return detector_.within; }
  [[nodiscard]] const measure& counts() const { return detector_.measure; }

  void add_series(const series_values&) { parts_.emplace_back(detector_.within); }
  void put(series_index where, const entry& one, const fact& seen) {
    if (!holds(detector_.of, seen)) return;
    parts_[where].line.insert(one);
    parts_[where].counted.inserted(one);
  }
  void drop(series_index where, instant at, observation_index who, share) {
    if (const auto gone = parts_[where].line.erase(at, who)) parts_[where].counted.erased(at, *gone);
  }

  void forget(const forgetting& gone) {
    for (auto& one : parts_) {
      one.line.forget(gone.before, gone);
      one.counted.start_over();
    }
  }

  void judge(series_index where, const timeline&, const counted_window& counted, instant, looked_at& window) {
    const auto part = [&](instant to) {
      return to_value(parts_[where].counted.over(parts_[where].line, window.span.from, to));
    };
    const auto before = portion(part(window.span.to - duration{1}), to_value(counted.before));
    window.from_below = !before || *before < lowest_bound(detector_.at_least);
    const auto value = portion(part(window.span.to), to_value(counted.count));
    if (!value) return;
    if (const auto* reached = highest_reached(detector_.at_least, [&](double bound) { return *value >= bound; }))
      window.found = verdict{reached->level, *value, reached->at_least, *value};
  }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    for (auto& one : me.parts_) to(one.line);
  }

private:
  struct part {
    explicit part(duration within) : line{within} {}
    timeline line;
    sliding_count counted;
  };

  [[nodiscard]] std::optional<double> portion(double of, double all) const {
    if (all < detector_.min_count || all <= 0) return {};
    return of / all;
  }

  const share_detector& detector_;
  std::deque<part> parts_; // by series
};

} // namespace

std::unique_ptr<machine> make_share(const surroundings& where) {
  return std::make_unique<windowed_machine<share_judge>>(where);
}

} // namespace forewarn::rules
