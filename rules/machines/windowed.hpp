// SPDX-License-Identifier: Apache-2.0
// Every detector that looks at windows of one length ending at an observation: which windows are looked at, and when,
// is the same for all. A judge says what a window is worth.
//
// A judge has: `within()`, `counts()` (what the series' timeline adds up), `unsteady` (see `reconsideration`), and
// `judge(series, line, counted, first, window)`, which fills in what was found. One that keeps something of its own has
// `add_series`, `put`, `drop`, `forget` and `fields`; one whose evidence is not all that lies in the window has
// `evidence` and `rests_on`.
#pragma once

#include "rules/machines/measuring.hpp"
#include "rules/machines/series_book.hpp"

#include <algorithm>
#include <deque>
#include <vector>

namespace forewarn::rules {

// The highest level whose bound holds, by `reaches(bound)`.
template <class Reaches>
[[nodiscard]] const threshold* highest_reached(const std::vector<threshold>& levels, const Reaches& reaches) {
  const threshold* out = nullptr;
  for (const auto& one : levels)
    if (reaches(one.at_least) && (out == nullptr || one.level >= out->level)) out = &one;
  return out;
}
// Thresholds stand by level, and each asks for more than the one below it.
[[nodiscard]] inline double lowest_bound(const std::vector<threshold>& levels) {
  return levels.front().at_least;
}

template <class Judge> class windowed_machine final : public machine {
public:
  explicit windowed_machine(const surroundings& where)
      : names_{where.names}, judge_{where}, within_{judge_.within()}, measuring_{judge_.counts()}, series_{where},
        life_{where.by, where.index, where.names, where.deadlines} {}

  void take(const arrival& what, events& out) override {
    const auto old = series_.replace(what);
    const auto form = series_.form_of(what);
    touched_.clear();
    if (old) touched_ = old->series;
    if (form)
      for (const auto one : form->series)
        if (!old || !holds(old->series, one)) touched_.push_back(one);
    while (timelines_.size() < series_.size()) add_series();
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

  void forget(const forgetting& gone) override {
    series_.forget(gone, names_);
    for (auto& line : timelines_) line.forget(gone.before, gone);
    if constexpr (requires { judge_.forget(gone); }) judge_.forget(gone);
    life_.forget(gone);
  }

  [[nodiscard]] bool holds_form_of(observation_index who) const override { return series_.holds(who); }
  [[nodiscard]] rule_counters counters() const override { return series_.counters(life_); }
  [[nodiscard]] life& signals() override { return life_; }
  void save(snapshot_writer& to) const override { fields(to, *this); }
  void restore(snapshot_reader& from) override { fields(from, *this); }

private:
  static bool holds(const series_list& list, series_index one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.series_, me.life_);
    if constexpr (Archive::reads)
      while (me.timelines_.size() < me.series_.size()) me.add_timeline();
    for (auto& line : me.timelines_) to(line);
    if constexpr (requires { Judge::fields(to, me.judge_); }) to(me.judge_);
  }

  // Subjects and series share their numbers: one of each is added for the other.
  void add_series() {
    add_timeline();
    (void)life_.add_subject(series_.key(static_cast<series_index>(timelines_.size() - 1)));
  }
  void add_timeline() {
    const auto which = static_cast<series_index>(timelines_.size());
    timelines_.emplace_back(within_);
    if constexpr (requires { judge_.add_series(series_.values(which)); }) judge_.add_series(series_.values(which));
  }

  void reconsider(series_index where, const held_form* old, const entry* fresh, const arrival& what, events& out) {
    auto& line = timelines_[where];
    if (old != nullptr)
      if (const auto gone = line.erase(old->at, what.who)) {
        if constexpr (requires { judge_.drop(where, old->at, what.who, *gone); })
          judge_.drop(where, old->at, what.who, *gone);
      }
    if (fresh != nullptr) {
      line.insert(*fresh);
      if constexpr (requires { judge_.put(where, *fresh, *what.form); }) judge_.put(where, *fresh, *what.form);
    }
    reconsideration seen{what.now, old != nullptr, {}};
    seen.unsteady = Judge::unsteady;
    if (old != nullptr) look_at_lost(where, *old, fresh, what, seen);
    if (fresh != nullptr) {
      seen.arrived = what.who;
      look_at_arrived(where, fresh->at(), what, seen);
    }
    std::sort(seen.windows.begin(), seen.windows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    life_.reconsider(
        where, seen,
        [&](const window_id& id, const time_window& span, instant after, auto& who) {
          if constexpr (requires { judge_.evidence(where, id.end, who); })
            judge_.evidence(where, id.end, who);
          else
            line.members(after, span.to, who);
        },
        out);
  }

  void look_at_arrived(series_index where, instant at, const arrival& what, reconsideration& seen) {
    counted_.clear();
    timelines_[where].windows(at, at + within_, counted_);
    const bool late = series_.is_late(at, what.now);
    for (const auto& counted : counted_) {
      auto window = looked(where, counted, what.first);
      if (!window.found && !seen.corrected) continue;
      window.late = late;
      window.opener = what.who;
      if constexpr (requires { judge_.rests_on(where, counted.end, what.who); })
        window.rests_on_opener = window.found && judge_.rests_on(where, counted.end, what.who);
      seen.windows.push_back(window);
    }
  }

  // Windows that held the old form and do not hold the new one; and the one that may have ended with it.
  void look_at_lost(series_index where, const held_form& old, const entry* fresh, const arrival& what,
                    reconsideration& seen) {
    const auto held_by_fresh = [&](instant end) {
      return fresh != nullptr && end >= fresh->at() && end < fresh->at() + within_;
    };
    counted_.clear();
    timelines_[where].windows(old.at, old.at + within_, counted_);
    const bool still_ends = !counted_.empty() && counted_.front().end == old.at;
    if (!still_ends) counted_.insert(counted_.begin(), counted_window{old.at, 0, 0});
    for (const auto& counted : counted_) {
      if (held_by_fresh(counted.end) && (still_ends || counted.end != old.at)) continue;
      auto window = looked(where, counted, what.first);
      if (!still_ends && counted.end == old.at) window.found.reset();
      window.why = occasion::checked;
      seen.windows.push_back(window);
    }
  }

  [[nodiscard]] looked_at looked(series_index where, const counted_window& counted, instant first) {
    looked_at window{{counted.end, 0}, {counted.end - within_, counted.end}};
    judge_.judge(where, timelines_[where], counted, first, window);
    return window;
  }

  const observation_names& names_;
  Judge judge_;
  duration within_;
  measuring measuring_;
  series_book series_;
  life life_;
  std::deque<timeline> timelines_; // by series
  series_list touched_;
  std::vector<counted_window> counted_;
};

} // namespace forewarn::rules
