// SPDX-License-Identifier: Apache-2.0
// The engine: observations in, signal events out. A fold over what was received: the same observations at the same
// instants give the same events, live, after a restart, and in a backtest. It asks no clock and does no I/O.
#pragma once

#include "forewarn/feed_turn.hpp"
#include "forewarn/signal.hpp"
#include "rules/plan.hpp"
#include "rules/snapshot_fwd.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace forewarn {
struct kept_day; // forewarn/kept_day.hpp
}

namespace forewarn::rules {

struct rule_counters {
  rule_id rule;
  std::uint64_t observations = 0; // matched `observe` and `where`
  std::uint64_t ungrouped = 0;    // of those, lacked a grouped field
  std::size_t series = 0;
  std::uint64_t signals = 0; // opened, retrospective ones apart
};

// Where a series of a periodic rule stands in the period that holds an instant.
struct period_state {
  rule_id rule;
  series_key series;
  time_window window; // from the period's beginning to that of the next
  double count = 0;
  std::optional<double> expected, bound; // none: it cannot be judged
  std::size_t history = 0;               // periods before this one
  std::size_t needed = 0;                // with fewer it is warming up
  instant ready;                         // the beginning of the first period that it can judge
  // The least whole count of the period that is of each level, the lowest first.
  struct step {
    forewarn::level level = forewarn::level::amber;
    double from = 0;
  };
  std::vector<step> steps;

  [[nodiscard]] bool warming_up() const { return history < needed; }
};
// How much is asked of each: its history alone costs nothing, its steps some judgements.
enum class period_detail : std::uint8_t {
  history,
  bounds,
  steps // of series that count something in the period
};

class engine {
public:
  explicit engine(std::shared_ptr<const rule_set> rules);
  engine(engine&&) noexcept;
  engine& operator=(engine&&) noexcept;
  ~engine();

  // Takes a revision, or a withdrawal, at `seen.received_at` = T. T never goes back (std::invalid_argument).
  // Deadlines up to T are handled first. A revision lower than the stored one changes nothing: the store has
  // already called it stale. Events are appended in the order in which they happen.
  // `corrects_forgotten`: see `may_have_forgotten`.
  void observe(const observation& seen, std::vector<signal_event>& out, bool corrects_forgotten = false);

  // What happened and arrived longer ago than a rule looks back and `rule_set::memory` on top is forgotten, so that
  // memory grows with windows and not with history. A correction that comes later is no arrival. Whether this may be
  // one: then who hands it over says whether an earlier form was ever taken.
  [[nodiscard]] bool may_have_forgotten(const observation& seen) const;
  [[nodiscard]] bool has_forgotten() const;
  // Grows with what is forgotten: only an engine that holds as much may adopt from one that holds more.
  [[nodiscard]] std::uint64_t forgotten() const;

  // A feed fell silent, came back or was retired, at `turn.at` = T. While a feed that a rule observes is overdue, the
  // rule's signals are held: their clocks stand still, so that silence is never taken for an all-clear. They go on from
  // where they stood when the last such feed is back; when it is retired instead, they close as feed_lost. Nothing
  // comes of a turn to the state the feed is in.
  void hear(const feed_turn& turn, std::vector<signal_event>& out);

  // Handles the deadlines up to `to`.
  void advance(instant to, std::vector<signal_event>& out);

  // An observation beyond its retention, of which only kind, feed, day, area and substance were kept: `first_seen`
  // counts it as known. Before the first `observe`.
  void remember(const observation& past);
  // What the purged records of a day counted: to periodic rules of which it can tell (rules/kept_counts.hpp) it is as
  // if they were there. Before the first `observe`.
  void remember(const kept_day& past);

  // Takes over `to`. A rule whose meaning (id and hash) is unchanged keeps its state; every other one's comes from
  // `fresh`, which ran those and took the same observations as this engine and holds no more of them
  // (std::invalid_argument where it did not).
  // Tells no events: what they would have been is `fresh`'s past.
  void adopt(std::shared_ptr<const rule_set> to, engine fresh);
  // Equal for engines that took the same observations in the same order.
  [[nodiscard]] std::uint64_t trail() const noexcept;

  // Everything it knows, as bytes, and an engine of the same rules that knows as much: it goes on as this one would.
  // `restore` throws snapshot_error where the bytes are of other rules, or of nothing whole.
  void save(snapshot_writer& to) const;
  [[nodiscard]] static engine restore(std::shared_ptr<const rule_set> rules, snapshot_reader& from);

  // The next instant at which `advance` would do something.
  [[nodiscard]] std::optional<instant> next_deadline() const;

  // A person closed it; it does not open again until a window's value exceeds the value at closing.
  void close_by_person(const signal_id& which, instant at, std::vector<signal_event>& out);

  [[nodiscard]] std::vector<signal> open_signals() const;
  // What a signal that is open rests on, in the order of arrival.
  [[nodiscard]] std::vector<observation_key> evidence(const signal_id& which) const;
  [[nodiscard]] std::vector<rule_counters> counters() const;
  // Every series of every periodic rule, by rule; `now` is no earlier than what was taken last.
  [[nodiscard]] std::vector<period_state> period_states(instant now, period_detail how = period_detail::bounds) const;
  // Whether any form of it was ever observed and is not forgotten.
  [[nodiscard]] bool knows(const observation_key& which) const;
  // When it happened, by the form that counts; nothing where it is not known.
  [[nodiscard]] std::optional<instant> happened(const observation_key& which) const;
  [[nodiscard]] const rule_set& rules() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

// Whether a rule at work may go on as the other one: the same meaning, and neither starts nor stops.
[[nodiscard]] bool same_meaning(const rule& a, const rule& b);
// The rules of `to` that `from` does not hold with the same meaning, against the reference data of `to`.
[[nodiscard]] std::shared_ptr<const rule_set> rules_new_in(const rule_set& to, const rule_set& from);

} // namespace forewarn::rules
