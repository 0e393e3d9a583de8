// SPDX-License-Identifier: Apache-2.0
// together: several parts in one window. sequence: its parts one after the other.
#include "rules/machines/windowed.hpp"
#include "rules/machines/windowed_detectors.hpp"
#include "rules/sliding_count.hpp"

#include "rules/detect/parts.hpp"

namespace forewarn::rules {
namespace {

// What the parts of a rule ask of an observation, ready to be asked.
std::vector<condition> conditions_of(const std::vector<rule_part>& parts) {
  std::vector<condition> out;
  for (const auto& one : parts) out.push_back(wanted_of(one));
  return out;
}

class together_judge {
public:
  static constexpr bool unsteady = false;

  explicit together_judge(const surroundings& where)
      : detector_{std::get<together_detector>(where.by.detector)}, wanted_{conditions_of(detector_.parts)} {}

  [[nodiscard]] duration within() const { return detector_.within; }
  [[nodiscard]] const measure& counts() const { return detector_.measure; }

  void add_series(const series_values&) { lines_.emplace_back(wanted_.size(), line{detector_.within}); }
  void put(series_index where, const entry& one, const fact& seen) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (!holds(wanted_[i], seen)) continue;
      lines_[where][i].entries.insert(one);
      lines_[where][i].counted.inserted(one);
    }
  }
  void drop(series_index where, instant at, observation_index who, share) {
    for (auto& part : lines_[where])
      if (const auto gone = part.entries.erase(at, who)) part.counted.erased(at, *gone);
  }

  void forget(const forgetting& gone) {
    for (auto& parts : lines_)
      for (auto& part : parts) {
        part.entries.forget(gone.before, gone);
        part.counted.start_over();
      }
  }

  void judge(series_index where, const timeline&, const counted_window&, instant, looked_at& window) {
    window.from_below =
        reached_in(where, window.span.from, window.span.to - duration{1}) < lowest_bound(detector_.at_least);
    const auto value = reached_in(where, window.span.from, window.span.to);
    if (const auto* reached = highest_reached(detector_.at_least, [&](double bound) { return value >= bound; }))
      window.found = verdict{reached->level, value, reached->at_least, value};
  }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    for (auto& parts : me.lines_)
      for (auto& part : parts) to(part.entries);
  }

private:
  struct line {
    explicit line(duration within) : entries{within} {}
    timeline entries;
    sliding_count counted;
  };

  [[nodiscard]] double reached_in(series_index where, instant after, instant to) {
    double out = 0;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      auto& part = lines_[where][i];
      if (to_value(part.counted.over(part.entries, after, to)) >= detector_.parts[i].least) ++out;
    }
    return out;
  }

  const together_detector& detector_;
  std::vector<condition> wanted_; // by part
  std::deque<std::vector<line>> lines_;
};

class sequence_judge {
public:
  static constexpr bool unsteady = true; // what comes between may start the chain later

  explicit sequence_judge(const surroundings& where)
      : by_{where.by}, detector_{std::get<sequence_detector>(where.by.detector)},
        wanted_{conditions_of(detector_.parts)} {}

  [[nodiscard]] duration within() const { return detector_.within; }
  [[nodiscard]] const measure& counts() const { return each_record_; }

  void add_series(const series_values&) { lines_.emplace_back(wanted_.size(), timeline{detector_.within}); }
  void put(series_index where, const entry& one, const fact& seen) {
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      if (holds(wanted_[i], seen)) lines_[where][i].insert(one);
  }
  void drop(series_index where, instant at, observation_index who, share) {
    for (auto& part : lines_[where]) (void)part.erase(at, who);
  }

  void forget(const forgetting& gone) {
    for (auto& parts : lines_)
      for (auto& part : parts) part.forget(gone.before, gone);
  }

  void judge(series_index where, const timeline&, const counted_window& counted, instant, looked_at& window) {
    if (!find_chain(where, counted.end)) return;
    window.span = {chain_.back().at(), counted.end};
    window.found = verdict{by_.level, 1, 1, 1};
  }

  void evidence(series_index where, instant end, std::vector<observation_index>& out) {
    if (!find_chain(where, end)) return;
    for (const auto& one : chain_) out.push_back(one.who());
  }
  [[nodiscard]] bool rests_on(series_index where, instant end, observation_index who) {
    return find_chain(where, end) &&
           std::any_of(chain_.begin(), chain_.end(), [who](const entry& one) { return one.who() == who; });
  }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    for (auto& parts : me.lines_)
      for (auto& part : parts) to(part);
  }

private:
  // Backwards from its last: the latest of each part that is earlier than the one after it gives the latest start. Of
  // those at one time, the first to come.
  [[nodiscard]] bool find_chain(series_index where, instant end) {
    const auto& parts = lines_[where];
    chain_.clear();
    auto before = end + duration{1};
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      const auto earlier = part->between(end - detector_.within, before - duration{1});
      if (earlier.empty() || (chain_.empty() && earlier.back().at() != end)) return false;
      before = earlier.back().at();
      chain_.push_back(
          *std::find_if(earlier.begin(), earlier.end(), [&](const entry& one) { return one.at() == before; }));
    }
    return true;
  }

  const rule& by_;
  const sequence_detector& detector_;
  std::vector<condition> wanted_; // by part
  measure each_record_;
  std::deque<std::vector<timeline>> lines_; // by series, by part
  std::vector<entry> chain_;                // the last one first
};

} // namespace

std::unique_ptr<machine> make_together(const surroundings& where) {
  return std::make_unique<windowed_machine<together_judge>>(where);
}

std::unique_ptr<machine> make_sequence(const surroundings& where) {
  return std::make_unique<windowed_machine<sequence_judge>>(where);
}

} // namespace forewarn::rules
