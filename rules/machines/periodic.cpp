// SPDX-License-Identifier: Apache-2.0
// Periodic detectors: a window is a calendar period. Its bound rests on earlier periods alone, so it is known when the
// period begins, and the record that lifts the count over it opens the signal; nothing is looked at when a period ends.
//
// A record is looked at in its own period, and in the later ones of which its count is part too (sums over several
// days, charts that add up), as far as they hold records themselves. What a record does to the bound of a later period
// counts when that period is looked at next.
#include "rules/machines/periodic.hpp"

#include "forewarn/kept_day.hpp"
#include "rules/held_rules.hpp"
#include "rules/machines/measuring.hpp"
#include "rules/periodic/judging.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace forewarn::rules {
namespace {

constexpr std::int32_t days_a_feed_is_new = 28; // they make baseline only

class periodic_machine final : public machine {
public:
  explicit periodic_machine(const surroundings& where)
      : names_{where.names}, by_{std::get<periodic_detector>(where.by.detector)}, judge_{by_, *where.reference},
        measuring_{by_.measure}, series_{where}, life_{where.by, where.index, where.names, where.deadlines},
        arriving_{by_.every}, days_{period_length::day, where.reference->local_zone} {}

  void take(const arrival& what, events& out) override {
    turn_to(what.now);
    const auto old = series_.replace(what);
    const auto form = series_.form_of(what);
    if (what.is_new && form) arriving_.learn(calendar().of(form->at), now_);
    series_list touched;
    if (old) touched = old->series;
    if (form)
      for (const auto one : form->series)
        if (!old || !holds(old->series, one)) touched.push_back(one);
    while (each_.size() < series_.size()) add_series();
    std::sort(touched.begin(), touched.end(),
              [&](series_index a, series_index b) { return series_.values(a) < series_.values(b); });
    beginnings_ = what.beginnings;
    entry fresh;
    if (form) fresh = measuring_.measured(what.who, *what.form->source);
    for (const auto one : touched) {
      const bool was = old && holds(old->series, one);
      const bool is = form && holds(form->series, one);
      reconsider(one, was ? &*old : nullptr, is ? &fresh : nullptr, what, out);
    }
    beginnings_ = {};
  }

  void remember(const fact& form, const kept_day& past) override {
    const auto counted = by_.measure.what == measure_kind::observations ? past.records : past.incidents;
    const auto which = calendar().of_day(static_cast<std::int32_t>(past.day));
    const auto in = series_.series_for(form);
    while (each_.size() < series_.size()) add_series();
    for (const auto one : in) {
      each_[one].all.remember(which, to_amount(counted));
      if (by_.of && rules::holds(*by_.of, form)) each_[one].of.remember(which, to_amount(counted));
    }
  }

  void fell_silent(instant at, bool silent) override {
    ++changes_;
    const auto here = calendar().of(at);
    const bool is_open = !missing_.empty() && missing_.back().second == still;
    if (silent && !is_open)
      missing_.emplace_back(here, still);
    else if (!silent && is_open)
      missing_.back().second = here;
  }

  void forget(const forgetting& gone) override {
    series_.forget(gone, names_);
    for (auto& one : each_) {
      one.all.forget(gone, calendar());
      one.of.forget(gone, calendar());
      one.known = {};
    }
    forgot_to_ = calendar().of(gone.before);
    std::erase_if(missing_, [&](const auto& span) { return span.second < forgot_to_; });
    life_.forget(gone);
  }

  [[nodiscard]] bool holds_form_of(observation_index who) const override { return series_.holds(who); }
  [[nodiscard]] rule_counters counters() const override { return series_.counters(life_); }
  [[nodiscard]] life& signals() override { return life_; }
  void save(snapshot_writer& to) const override { fields(to, *this); }
  void restore(snapshot_reader& from) override {
    fields(from, *this);
    for (series_index which = 0; which < each_.size(); ++which) {
      each_[which].all.recount(calendar(), forgot_to_);
      each_[which].of.recount(calendar(), forgot_to_);
    }
  }

  void look(instant now, std::span<const feed_beginning> beginnings, period_detail how,
            std::vector<period_state>& out) override {
    turn_to(now);
    beginnings_ = beginnings;
    for (series_index which = 0; which < each_.size(); ++which)
      if (const auto first = judge_.begin(each_[which])) out.push_back(state_of(which, *first, how));
    beginnings_ = {};
  }

private:
  static constexpr period still = std::numeric_limits<period>::max();

  static bool holds(const series_list& list, series_index one) {
    return std::find(list.begin(), list.end(), one) != list.end();
  }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.series_, me.life_, me.each_, me.arriving_, me.missing_, me.forgot_to_);
  }

  [[nodiscard]] const periods& calendar() const { return judge_.calendar(); }

  void turn_to(instant now) {
    now_ = calendar().of(now);
    if (arriving_.turn_to(now_) && by_.scaled) ++changes_;
  }

  // Subjects and series share their numbers.
  void add_series() {
    each_.emplace_back();
    (void)life_.add_subject(series_.key(static_cast<series_index>(each_.size() - 1)));
  }

  [[nodiscard]] period_state state_of(series_index which, period first, period_detail how) {
    auto& series = each_[which];
    period_state out;
    out.series = series_.key(which);
    out.window = {calendar().begin(now_), calendar().end(now_)};
    out.history = now_ > first ? static_cast<std::size_t>(now_ - first) : 0;
    out.needed = judge_.least_history();
    out.ready = calendar().begin(first + static_cast<period>(out.needed));
    if (how == period_detail::history) return out;
    const auto asked = at_period(now_);
    const auto ahead = judge_.look_ahead(series, now_, asked);
    out.count = judge_.count_of(series, now_, asked);
    out.expected = ahead.expected;
    out.bound = ahead.bound;
    if (how == period_detail::steps && out.count > 0) out.steps = judge_.steps(series, now_, asked);
    return out;
  }

  // Of a feed that is new at this period, records make baseline only. Whoever says `since` says that the first feed was
  // there.
  [[nodiscard]] bool is_new_at(const feed_beginning& one, period which) const {
    auto began = days_.of(one.at);
    const bool is_first = std::none_of(beginnings_.begin(), beginnings_.end(),
                                       [&](const feed_beginning& other) { return other.at < one.at; });
    if (by_.since && is_first) began = std::min(began, *by_.since);
    return calendar().first_day(which) < began + days_a_feed_is_new;
  }

  [[nodiscard]] period_judge::times at_period(period which) const {
    period_judge::times out{missing_, by_.scaled ? &arriving_ : nullptr, now_, changes_};
    const auto oldest = which - static_cast<period>(judge_.needs().reach) + 1;
    const bool any = std::any_of(beginnings_.begin(), beginnings_.end(),
                                 [&](const feed_beginning& one) { return is_new_at(one, oldest); });
    if (!any) return out;
    out.without_new = [this](const period_counts& of, period at) {
      tally counted;
      for (const auto& one : of.in(at, calendar())) {
        const auto feed = names_.key_of(one.who()).feed;
        const bool fresh = std::any_of(beginnings_.begin(), beginnings_.end(), [&](const feed_beginning& each) {
          return each.feed == feed && is_new_at(each, at);
        });
        if (!fresh) counted.add(one.adds());
      }
      return to_value(counted.total());
    };
    return out;
  }

  void reconsider(series_index where, const held_form* old, const entry* fresh, const arrival& what, events& out) {
    auto& series = each_[where];
    if (old != nullptr) {
      (void)series.all.erase(old->at, what.who, calendar());
      (void)series.of.erase(old->at, what.who, calendar());
      if (calendar().of(old->at) != series.known.which) series.known = {};
    }
    if (fresh != nullptr) {
      series.all.insert(*fresh, calendar());
      if (by_.of && rules::holds(*by_.of, *what.form)) series.of.insert(*fresh, calendar());
      if (calendar().of(fresh->at()) != series.known.which) series.known = {};
    }
    reconsideration seen{what.now, old != nullptr, {}, {}};
    seen.unsteady = true; // what comes late raises the bound of a period that held
    if (old != nullptr) look_at(series, *old, fresh, what, occasion::checked, seen);
    if (fresh != nullptr) {
      seen.arrived = what.who;
      look_at(series, {fresh->at(), {}}, nullptr, what, occasion::arrived, seen);
    }
    std::sort(seen.windows.begin(), seen.windows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    life_.reconsider(
        where, seen,
        [&](const window_id& id, const time_window&, instant, std::vector<observation_index>& who) {
          for (const auto& one : series.all.in(calendar().of(id.end - duration{1}), calendar()))
            who.push_back(one.who());
        },
        out);
  }

  // The form's own period, and those of which it is part, up to the last that holds anything. `but`: those of the form
  // that takes its place are looked at for that.
  void look_at(periodic_series& series, const held_form& form, const entry* but, const arrival& what, occasion why,
               reconsideration& seen) {
    const auto reaches = [&](period from) {
      const auto reach = static_cast<period>(judge_.needs().reach);
      return std::max(from, std::min(from + reach - 1, series.all.last().value_or(from)));
    };
    const auto own = calendar().of(form.at);
    const auto last = reaches(own);
    const auto other = but == nullptr ? own : calendar().of(but->at());
    for (auto which = own; which <= last; ++which) {
      if (but != nullptr && which >= other && which <= reaches(other)) continue;
      auto window = looked(series, which);
      if (!window.found && !seen.corrected) continue;
      window.why = why;
      window.opener = what.who;
      window.rests_on_opener = which == own;
      window.late = why == occasion::arrived && series_.is_late(form.at, what.now);
      seen.windows.push_back(window);
    }
  }

  [[nodiscard]] looked_at looked(periodic_series& series, period which) {
    looked_at window{{calendar().end(which), 0}, {calendar().begin(which), calendar().end(which)}, {}};
    if (which - static_cast<period>(std::max(by_.looks_back, judge_.least_history())) <= forgot_to_ &&
        series.all.first() < forgot_to_)
      return window;
    window.found = judge_.judge(series, which, at_period(which));
    // Only after a period within its bound is it crossed afresh.
    window.from_below = window.found && !was_over(series, which - 1);
    return window;
  }

  [[nodiscard]] bool was_over(periodic_series& series, period which) {
    auto kept = std::exchange(series.known, {}); // what is known of the period at hand is worth more
    const bool out = judge_.judge(series, which, at_period(which)).has_value();
    series.known = std::move(kept);
    return out;
  }

  const observation_names& names_;
  const periodic_detector& by_;
  period_judge judge_;
  measuring measuring_;
  series_book series_;
  life life_;
  std::deque<periodic_series> each_; // by series
  completeness arriving_;
  periods days_;
  missing_periods missing_; // in which a feed was overdue; the last may be going on
  period forgot_to_ = std::numeric_limits<period>::min();
  period now_ = 0;
  std::uint64_t changes_ = 1;
  std::span<const feed_beginning> beginnings_; // while a record is taken
};

} // namespace

std::unique_ptr<machine> make_periodic(const surroundings& where) {
  return std::make_unique<periodic_machine>(where);
}

} // namespace forewarn::rules
