// SPDX-License-Identifier: Apache-2.0
// count: enough observations of a series in one window.
#include "rules/machines/count.hpp"

#include "rules/machines/measuring.hpp"

#include <algorithm>
#include <deque>

namespace forewarn::rules {
namespace {

bool holds(const series_list& list, series_index one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

class count_machine final : public machine {
public:
  explicit count_machine(const surroundings& where)
      : detector_{std::get<count_detector>(where.by.detector)}, measuring_{detector_.measure}, series_{where},
        life_{where.by, where.index, where.names, where.deadlines} {}

  void take(const arrival& what, events& out) override {
    const auto old = series_.replace(what);
    const auto form = series_.form_of(what);
    touched_.clear();
    if (old) touched_ = old->series;
    if (form)
      for (const auto one : form->series)
        if (!old || !holds(old->series, one)) touched_.push_back(one);
    while (timelines_.size() < series_.size()) {
      timelines_.emplace_back(detector_.within);
      (void)life_.add_subject(series_.key(static_cast<series_index>(timelines_.size() - 1)));
    }
    std::sort(touched_.begin(), touched_.end(),
              [&](series_index a, series_index b) { return series_.values(a) < series_.values(b); });
    entry fresh;
    if (form) fresh = measuring_.measured(what.who, *what.form->source);
    for (const auto one : touched_) {
      const bool was = old && holds(old->series, one);
      const bool is = form && holds(form->series, one);
      reconsider(one, was ? &*old : nullptr, is ? &fresh : nullptr, what, out);
    }
  }

  [[nodiscard]] bool holds_form_of(observation_index who) const override { return series_.holds(who); }
  [[nodiscard]] rule_counters counters() const override { return series_.counters(life_); }
  [[nodiscard]] life& signals() override { return life_; }
  void save(snapshot_writer& to) const override { fields(to, *this); }
  void restore(snapshot_reader& from) override { fields(from, *this); }

private:
  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.series_, me.life_);
    if constexpr (Archive::reads)
      while (me.timelines_.size() < me.series_.size()) me.timelines_.emplace_back(me.detector_.within);
    for (auto& line : me.timelines_) to(line);
  }

  // Subjects and series share their numbers: one of each is added for the other.
  void reconsider(series_index where, const held_form* old, const entry* fresh, const arrival& what, events& out) {
    auto& line = timelines_[where];
    if (old != nullptr) line.erase(old->at, what.who);
    if (fresh != nullptr) line.insert(*fresh);
    reconsideration seen{what.now, old != nullptr, {}};
    if (old != nullptr) look_at_lost(line, *old, fresh, seen);
    if (fresh != nullptr) {
      seen.arrived = what.who;
      look_at_arrived(line, fresh->at(), what, seen);
    }
    std::sort(seen.windows.begin(), seen.windows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    life_.reconsider(
        where, seen,
        [&line](const window_id&, const time_window& span, instant after, auto& who) {
          line.members(after, span.to, who);
        },
        out);
  }

  void look_at_arrived(timeline& line, instant at, const arrival& what, reconsideration& seen) {
    counted_.clear();
    line.windows(at, at + detector_.within, counted_);
    const bool late = series_.is_late(at, what.now);
    for (const auto& counted : counted_) {
      auto window = looked(counted);
      if (!window.found && !seen.corrected) continue;
      window.late = late;
      window.opener = what.who;
      seen.windows.push_back(window);
    }
  }

  // Windows that held the old form and do not hold the new one; and the one that may have ended with it.
  void look_at_lost(timeline& line, const held_form& old, const entry* fresh, reconsideration& seen) {
    const auto held_by_fresh = [&](instant end) {
      return fresh != nullptr && end >= fresh->at() && end < fresh->at() + detector_.within;
    };
    counted_.clear();
    line.windows(old.at, old.at + detector_.within, counted_);
    const bool still_ends = !counted_.empty() && counted_.front().end == old.at;
    if (!still_ends) counted_.insert(counted_.begin(), counted_window{old.at, 0, 0});
    for (const auto& counted : counted_) {
      if (held_by_fresh(counted.end) && (still_ends || counted.end != old.at)) continue;
      auto window = looked(counted);
      if (!still_ends && counted.end == old.at) window.found.reset();
      window.why = occasion::checked;
      seen.windows.push_back(window);
    }
  }

  [[nodiscard]] looked_at looked(const counted_window& counted) const {
    looked_at window{{counted.end, 0}, {counted.end - detector_.within, counted.end}};
    const auto value = to_value(counted.count);
    for (const auto& bound : detector_.at_least)
      if (value >= bound.at_least && (!window.found || bound.level >= window.found->level))
        window.found = verdict{bound.level, value, bound.at_least};
    const auto lowest = std::min_element(detector_.at_least.begin(), detector_.at_least.end(),
                                         [](const auto& a, const auto& b) { return a.at_least < b.at_least; });
    window.from_below = to_value(counted.before) < lowest->at_least;
    return window;
  }

  const count_detector& detector_;
  measuring measuring_;
  series_book series_;
  life life_;
  std::deque<timeline> timelines_; // by series
  series_list touched_;
  std::vector<counted_window> counted_;
};

} // namespace

std::unique_ptr<machine> make_count(const surroundings& where) {
  return std::make_unique<count_machine>(where);
}

} // namespace forewarn::rules
