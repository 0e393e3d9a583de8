// SPDX-License-Identifier: Apache-2.0
// A signal's life, the same for all detectors: opens, grows, falls, closes, is joined, reopened, contradicted.
// A detector says which windows qualify; what follows from it is decided here, and only here.
#pragma once

#include "rules/agenda.hpp"
#include "rules/evidence.hpp"
#include "rules/forgetting.hpp"
#include "rules/machines/looked.hpp"
#include "rules/plan.hpp"
#include "rules/standing_windows.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

namespace forewarn::rules {

using subject_index = std::uint32_t; // what has at most one open signal: a series, or a series and a value
using events = std::vector<signal_event>;

// What life must know of an observation: its name and when it happened.
class observation_names {
public:
  virtual ~observation_names() = default;
  [[nodiscard]] virtual observation_key key_of(observation_index which) const = 0;
  [[nodiscard]] virtual instant time_of(observation_index which) const = 0;
  // Forgotten, now or before.
  [[nodiscard]] virtual bool is_gone(const forgetting& gone, observation_index which) const = 0;
};

// The evidence of one window: its members later than `after` (a caller that has the earlier ones says so).
using evidence_of = std::function<void(const window_id& id, const time_window& span, instant after,
                                       std::vector<observation_index>& out)>;

class life {
public:
  life(const rule& by, rule_index index, const observation_names& names, agenda& deadlines)
      : rule_{by}, index_{index}, names_{&names}, deadlines_{&deadlines} {}

  // Goes on in another engine that numbers the same observations alike; its deadlines come along.
  void move_to(rule_index index, const observation_names& names, agenda& deadlines);

  [[nodiscard]] subject_index add_subject(series_key series);
  // One of which nothing is left to say; its place is given to the next. False, and it stays, while there is.
  bool drop_subject(subject_index which);
  [[nodiscard]] const series_key& series_of(subject_index which) const { return subjects_[which].series; }

  void reconsider(subject_index which, const reconsideration& seen, const evidence_of& members, events& out);
  void close_due(signal_index which, events& out);
  // While held, no deadline passes: the clocks of the signals stand still, and go on from there.
  void hold(bool now_held, instant at, events& out);
  // An open signal closes no sooner: what would have told whether it still holds could not be looked at.
  void put_off(subject_index which, instant until);
  [[nodiscard]] bool has_open(subject_index which) const { return subjects_[which].open.has_value(); }
  // A feed that was overdue is gone for good: what was held closes.
  void lose_feed(instant at, events& out);
  // False where no open signal has the id.
  bool close_by_person(const signal_id& which, instant at, events& out);

  // Evidence of long ago, and signals that closed long ago and rest on nothing else. Deadlines must be set anew:
  // `move_to`.
  void forget(const forgetting& gone);

  void open_signals(std::vector<signal>& out) const;
  // Nothing where no open signal has the id.
  [[nodiscard]] std::optional<std::vector<observation_key>> basis_of(const signal_id& which) const;
  [[nodiscard]] std::uint64_t opened() const noexcept { return opened_; }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.subjects_, me.free_subjects_, me.signals_, me.standings_, me.opened_, me.held_, me.forgot_);
  }

private:
  struct tracked {
    signal state; // without rule and series, which are this life's and the subject's: `told` adds them
    subject_index subject = 0;
    standing_windows windows;
    std::size_t firm = 0; // how many of them hold it up
    window_id best;
    double shown_rank = 0; // of what `state` shows
    evidence rests_on;
    instant deadline = instant::min();
    instant stopped_at; // while held: from when on its clock stands still

    template <class Archive, class Self> static void fields(Archive& to, Self& me) {
      to(me.state.id, me.state.level, me.state.opened_at, me.state.closed_at, me.state.close_reason, me.state.window,
         me.state.value, me.state.bound, me.state.retrospective, me.state.late, me.state.contradicted, me.state.held,
         me.state.changes);
      to(me.subject, me.windows, me.firm, me.best, me.shown_rank, me.rests_on, me.deadline, me.stopped_at);
    }
  };
  // What a signal closed as below_threshold rests on is spent.
  struct subject {
    series_key series;
    std::optional<signal_index> open, retrospective;
    std::vector<signal_index> closed; // those that a correction may contradict, or a straggler join
    std::vector<signal_index> by_person;
    instant spent_to = instant::min();  // no spent observation is later
    observation_index spent_before = 0; // nor has one a number as large

    template <class Archive, class Self> static void fields(Archive& to, Self& me) {
      to(me.series, me.open, me.retrospective, me.closed, me.by_person, me.spent_to, me.spent_before);
    }
  };
  struct hearing; // one reconsideration under way

  void correct_closed(hearing& now);
  void carry_on(hearing& now, signal_index which, bool take_in);
  void begin(hearing& now, bool late);
  void open(hearing& now, bool late);
  void join_closed(hearing& now, signal_index which);
  void join_closed_late(hearing& now, signal_index which);
  void reopen(hearing& now, signal_index which);
  void close(signal_index which, close_reason why, instant at);
  void forget_in(tracked& held, const forgetting& gone);
  void renumber(const std::vector<std::optional<signal_index>>& now);

  void drop_lost(tracked& held, const hearing& now);
  void take_all(signal_index which, hearing& now, bool late, bool firm);
  void take(signal_index which, const looked_at& window, hearing& now, bool firm);
  void add_evidence(tracked& held, const looked_at& window, bool known, hearing& now);
  void rebuild_evidence(tracked& held, hearing& now);
  void choose_best(tracked& held) const;
  [[nodiscard]] standing best_of(const tracked& held) const {
    return held.windows.at(held.windows.find(held.best).value(), standings_);
  }
  void show_best(tracked& held) const;
  void prolong(signal_index which, instant end, const reconsideration& seen);
  void set_deadline(signal_index which, instant at);
  void wind(signal_index which, bool now_held, instant at, events& out);
  [[nodiscard]] signal told(const tracked& held) const;
  void tell(const tracked& held, signal_change what, hearing& now);
  void tell_change(tracked& held, const signal& before, bool crossed, hearing& now);

  [[nodiscard]] deadline deadline_of(signal_index which) const;
  [[nodiscard]] bool crosses(const tracked& held, const hearing& now) const;
  [[nodiscard]] bool is_spent(const subject& of, observation_index one) const;
  [[nodiscard]] std::optional<signal_index> spent_on(const hearing& now, bool late) const;
  [[nodiscard]] bool brings_news(const hearing& now) const;
  [[nodiscard]] bool held_back_by_person(const hearing& now, bool late) const;
  [[nodiscard]] std::size_t openings_at(const hearing& now) const;
  template <class Observations> void spend(subject& of, const Observations& more) const {
    for (const auto one : more) {
      of.spent_to = std::max(of.spent_to, names_->time_of(one));
      of.spent_before = std::max(of.spent_before, one + 1);
    }
  }

  const rule& rule_;
  rule_index index_;
  const observation_names* names_;
  agenda* deadlines_;
  std::deque<subject> subjects_;
  std::vector<subject_index> free_subjects_;
  std::deque<tracked> signals_;
  standings standings_;
  std::uint64_t opened_ = 0;
  bool held_ = false;
  forgetting forgot_;
};

} // namespace forewarn::rules
