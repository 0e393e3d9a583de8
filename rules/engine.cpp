// SPDX-License-Identifier: Apache-2.0
#include "rules/engine.hpp"

#include "forewarn/kept_day.hpp"
#include "rules/held_rules.hpp"
#include "rules/kept_counts.hpp"
#include "rules/look_back.hpp"
#include "rules/machines/machine.hpp"
#include "rules/observation_book.hpp"
#include "rules/reference_digest.hpp"
#include "rules/remembering.hpp"
#include "rules/rule_index.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace forewarn::rules {

namespace {

// Whether it must know how long its kinds and feeds have been observed.
bool looks_at_its_past(const rule& by) {
  return std::holds_alternative<spike_detector>(by.detector) || std::holds_alternative<unusual_detector>(by.detector) ||
         std::holds_alternative<periodic_detector>(by.detector);
}

// The observations of whichever engine a rule runs in: its machine keeps looking at this.
class names_at_hand final : public observation_names {
public:
  explicit names_at_hand(const observation_book& book) : book_{&book} {}
  void move_to(const observation_book& book) { book_ = &book; }
  [[nodiscard]] observation_key key_of(observation_index which) const override { return book_->key_of(which); }
  [[nodiscard]] instant time_of(observation_index which) const override { return book_->time_of(which); }
  [[nodiscard]] bool is_gone(const forgetting& gone, observation_index which) const override {
    return book_->is_gone(gone, which);
  }

private:
  const observation_book* book_;
};

// Rounded down, also before 1970.
std::int64_t whole_spells(duration since_epoch, duration spell) {
  return since_epoch / spell - (since_epoch % spell < duration{} ? 1 : 0);
}

// A rule at work. It stays at its address, where its machine looks at it, for as long as its meaning stays the same.
struct running_rule {
  rule meaning;
  shared_reference reference;
  names_at_hand names;
  std::unique_ptr<machine> at_work;       // none: off
  instant first;                          // of what it observes, by the book of `first_known`
  std::vector<feed_beginning> beginnings; // of each feed of it
  std::uint64_t first_known = 0;
  forgetting forgot;
  bool counts_stand_in = false; // for purged records

  void renew(const rule& by, const shared_reference& with) {
    meaning = by;
    reference = with;
  }
};

} // namespace

struct engine::state {
  std::shared_ptr<const rule_set> rules;
  observation_book book;
  agenda deadlines;
  std::unique_ptr<rules_by_kind> candidates;
  std::vector<std::unique_ptr<running_rule>> running; // in the order of the rules
  overdue_feeds overdue;
  std::vector<rule_index> matching; // room for `take`
  instant now = instant::min();
  // The number of the first observation that arrived at each sweep or later.
  struct mark {
    instant at;
    observation_index next = 0;
  };
  std::deque<mark> marks;

  explicit state(std::shared_ptr<const rule_set> given)
      : rules{std::move(given)}, candidates{std::make_unique<rules_by_kind>(*rules)} {
    for (const auto& one : rules->rules) {
      running.push_back(std::make_unique<running_rule>(running_rule{one, rules->reference, names_at_hand{book}}));
      auto& made = *running.back();
      made.counts_stand_in = forewarn::rules::counts_stand_in(one, *rules->reference);
      if (one.status != rule_status::off)
        made.at_work = make_machine(
            {made.meaning, static_cast<rule_index>(running.size() - 1), made.reference, made.names, deadlines});
    }
  }

  machine* at_work(std::size_t index) const { return running[index]->at_work.get(); }

  void move_to(instant to, std::vector<signal_event>& out) {
    const auto sweep = last_sweep(to);
    if (now < sweep) {
      close_due(sweep, out);
      if (book.count() > 0) forget(sweep);
    }
    close_due(to, out);
    now = to;
  }

  void close_due(instant to, std::vector<signal_event>& out) {
    while (!deadlines.empty() && deadlines.begin()->at <= to) {
      const auto due = *deadlines.begin();
      if (due.closes) {
        at_work(due.rule)->signals().close_due(due.which, out);
        continue;
      }
      deadlines.erase(deadlines.begin());
      at_work(due.rule)->look_due(due, with_beginnings(due.rule).beginnings, out);
    }
  }

  // Often enough that little is held too long, and seldom enough to cost nothing. Always at the same instants, however
  // the clock comes there: a backtest forgets as the daemon does.
  [[nodiscard]] duration sweeping() const { return std::max(rules->memory / 16, duration{std::chrono::minutes{1}}); }

  [[nodiscard]] instant last_sweep(instant at) const {
    return instant{sweeping() * whole_spells(at.time_since_epoch(), sweeping())};
  }

  // Nothing has arrived since `now`: as many had by the first sweep after it as by this one.
  void mark_arrivals(instant sweep) {
    const auto first = now == instant::min() ? sweep : last_sweep(now) + sweeping();
    if (marks.empty() || marks.back().next != book.count()) marks.push_back({first, book.count()});
  }

  [[nodiscard]] forgetting as_of(instant before) const {
    const auto later = std::upper_bound(marks.begin(), marks.end(), before,
                                        [](instant wanted, const mark& one) { return wanted < one.at; });
    return {before, later == marks.begin() ? 0 : std::prev(later)->next};
  }

  void forget(instant at) {
    mark_arrivals(at);
    auto oldest = at - rules->memory;
    for (auto& one : running) {
      if (!one->at_work) continue;
      const auto before = at - rules->memory - look_back(one->meaning);
      oldest = std::min(oldest, before);
      const auto gone = as_of(before);
      if (gone.below == 0) continue;
      one->forgot = gone;
      one->at_work->forget(gone);
    }
    const auto gone = as_of(oldest);
    if (gone.below > 0) book.forget(gone);
    while (marks.size() > 1 && marks[1].at <= oldest) marks.pop_front();
    schedule();
  }

  // A correction of what the rule has forgotten, and no younger itself.
  [[nodiscard]] bool is_beyond(rule_index index, const observation_book::accepted& which, instant at,
                               bool corrects_forgotten) const {
    const auto& gone = running[index]->forgot;
    return at < gone.before && (corrects_forgotten || (!which.is_new && gone(which.was_at, which.who)));
  }

  // The earliest known of the kinds and feeds that the rule observes.
  running_rule& with_beginnings(rule_index index) {
    auto& one = *running[index];
    if (one.first_known == book.beginnings_version()) return one;
    one.first_known = book.beginnings_version();
    one.first = instant::max();
    one.beginnings.clear();
    book.each_beginning([&](const feed_id& feed, const kind_id& kind, instant at) {
      if (!observes(one.meaning, feed, kind)) return;
      one.first = std::min(one.first, at);
      const auto known = std::find_if(one.beginnings.begin(), one.beginnings.end(),
                                      [&](const feed_beginning& other) { return other.feed == feed; });
      if (known == one.beginnings.end())
        one.beginnings.push_back({feed, at});
      else
        known->at = std::min(known->at, at);
    });
    return one;
  }

  // Every rule that may observe the new form, and every one that held the old.
  void take(const observation_book::accepted& which, const observation& seen, bool corrects_forgotten,
            std::vector<signal_event>& out) {
    const fact form = make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, &seen}, *rules->reference);
    const auto& observing = candidates->of(seen.key.feed, seen.kind);
    const auto hear = [&](rule_index index, bool may_observe) {
      const bool wanted = may_observe && !seen.withdrawn && holds(rules->rules[index].where, form);
      if (!wanted && (which.is_new || !at_work(index)->holds_form_of(which.who))) return;
      if (is_beyond(index, which, seen.occurred_at, corrects_forgotten)) return;
      arrival what{which.who, now, wanted ? &form : nullptr, which.is_new, which.was_at, {}, {}};
      if (looks_at_its_past(running[index]->meaning)) {
        const auto& known = with_beginnings(index);
        what.first = known.first;
        what.beginnings = known.beginnings;
      }
      at_work(index)->take(what, out);
    };
    const auto may_observe = [&](rule_index index) {
      return std::binary_search(matching.begin(), matching.end(), index);
    };
    observing.matching(form, matching);
    if (which.is_new) {
      for (const auto index : matching) hear(index, true);
    } else if (!which.other_kind) {
      for (const auto index : observing.all()) hear(index, may_observe(index));
    } else {
      for (rule_index index = 0; index < running.size(); ++index)
        if (at_work(index) != nullptr) hear(index, may_observe(index));
    }
  }

  void hear(const feed_turn& turn, std::vector<signal_event>& out) {
    const auto before = overdue;
    if (!overdue.take(turn)) return;
    for (rule_index index = 0; index < running.size(); ++index) {
      if (at_work(index) == nullptr) continue;
      const auto& meaning = running[index]->meaning;
      auto& signals = at_work(index)->signals();
      const bool was_held = before.touch(meaning), is_held = overdue.touch(meaning);
      if (turn.to == feed_state::retired && was_held && observes(meaning, turn.feed, *before.kind_of(turn.feed)))
        signals.lose_feed(turn.at, out);
      if (was_held == is_held) continue;
      signals.hold(is_held, turn.at, out);
      at_work(index)->fell_silent(turn.at, is_held);
    }
  }

  void remember(const observation& past) {
    book.remember(past);
    const fact form = make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, &past}, *rules->reference);
    for (const auto index : candidates->of(past.key.feed, past.kind).all())
      if (may_have_held(rules->rules[index].where, form)) at_work(index)->remember(form);
  }

  void remember(const kept_day& past) {
    std::optional<observation> one;
    fact form; // only where a rule asks: there may be millions
    for (const auto index : candidates->of(past.feed, past.kind).all()) {
      if (!running[index]->counts_stand_in) continue;
      if (!one) {
        one = like(past, *rules->reference);
        form = make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, &*one}, *rules->reference);
      }
      if (holds(rules->rules[index].where, form)) at_work(index)->remember(form, past);
    }
  }

  // What tells one rule set's snapshot from another's: reference data, order, meaning, and which are at work.
  std::vector<std::string> names() const {
    std::vector<std::string> out{fmt::format("{:016x}", reference_digest(*rules->reference))};
    for (const auto& one : rules->rules)
      out.push_back(fmt::format("{} {} {}", one.id.str(), one.hash, one.status == rule_status::off ? "off" : "on"));
    return out;
  }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.book, me.now, me.overdue, me.marks);
    for (const auto& one : me.running)
      if (one->at_work) {
        to(one->forgot);
        if constexpr (Archive::reads)
          one->at_work->restore(to);
        else
          one->at_work->save(to);
      }
  }

  void adopt(std::shared_ptr<const rule_set> to, state& fresh) {
    std::unordered_map<rule_id, std::unique_ptr<running_rule>*> by_id;
    for (auto* from : {this, &fresh})
      for (auto& one : from->running) by_id.insert_or_assign(one->meaning.id, &one);
    std::vector<std::unique_ptr<running_rule>> next;
    for (const auto& wanted : to->rules) {
      const auto known = by_id.find(wanted.id);
      if (known == by_id.end() || !same_meaning((*known->second)->meaning, wanted))
        throw std::invalid_argument{fmt::format("rule '{}' is run by neither of the two engines", wanted.id.str())};
      next.push_back(std::move(*known->second));
      next.back()->first_known = 0; // the other engine's book counted for itself
      next.back()->renew(wanted, to->reference);
    }
    running = std::move(next);
    rules = std::move(to);
    candidates = std::make_unique<rules_by_kind>(*rules);
    schedule();
  }

  void schedule() {
    deadlines.clear();
    for (rule_index index = 0; index < running.size(); ++index)
      if (at_work(index) != nullptr) {
        running[index]->names.move_to(book);
        at_work(index)->move_to(index, running[index]->names, deadlines);
      }
  }
};

engine::engine(std::shared_ptr<const rule_set> rules) : state_{std::make_unique<state>(std::move(rules))} {}
engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;
engine::~engine() = default;

void engine::observe(const observation& seen, std::vector<signal_event>& out, bool corrects_forgotten) {
  if (seen.received_at < state_->now)
    throw std::invalid_argument{fmt::format("the engine is at {} and cannot go back to {}", format_rfc3339(state_->now),
                                            format_rfc3339(seen.received_at))};
  state_->move_to(seen.received_at, out);
  if (const auto who = state_->book.accept(seen)) state_->take(*who, seen, corrects_forgotten, out);
}

bool engine::may_have_forgotten(const observation& seen) const {
  return std::any_of(state_->running.begin(), state_->running.end(),
                     [&](const auto& one) { return seen.occurred_at < one->forgot.before; }) &&
         !knows(seen.key);
}

bool engine::has_forgotten() const {
  return forgotten() > 0;
}

std::uint64_t engine::forgotten() const {
  return state_->book.first_kept();
}

void engine::hear(const feed_turn& turn, std::vector<signal_event>& out) {
  if (turn.at < state_->now)
    throw std::invalid_argument{fmt::format("the engine is at {} and cannot go back to {}", format_rfc3339(state_->now),
                                            format_rfc3339(turn.at))};
  state_->move_to(turn.at, out);
  state_->hear(turn, out);
}

void engine::advance(instant to, std::vector<signal_event>& out) {
  if (to >= state_->now) state_->move_to(to, out);
}

std::optional<instant> engine::next_deadline() const {
  if (state_->deadlines.empty()) return {};
  return state_->deadlines.begin()->at;
}

void engine::close_by_person(const signal_id& which, instant at, std::vector<signal_event>& out) {
  advance(at, out);
  for (const auto& one : state_->running)
    if (one->at_work && one->at_work->signals().close_by_person(which, at, out)) return;
}

std::vector<signal> engine::open_signals() const {
  std::vector<signal> out;
  for (const auto& one : state_->running)
    if (one->at_work) one->at_work->signals().open_signals(out);
  std::stable_sort(out.begin(), out.end(), [](const signal& a, const signal& b) {
    return std::tie(a.opened_at, a.rule, a.series) < std::tie(b.opened_at, b.rule, b.series);
  });
  return out;
}

std::vector<observation_key> engine::evidence(const signal_id& which) const {
  for (const auto& one : state_->running)
    if (one->at_work)
      if (auto found = one->at_work->signals().basis_of(which)) return std::move(*found);
  return {};
}

std::vector<rule_counters> engine::counters() const {
  std::vector<rule_counters> out;
  for (const auto& one : state_->running)
    if (one->at_work) out.push_back(one->at_work->counters());
  return out;
}

std::vector<period_state> engine::period_states(instant now, period_detail how) const {
  std::vector<period_state> out;
  for (rule_index index = 0; index < state_->running.size(); ++index) {
    const auto& one = *state_->running[index];
    if (!one.at_work || !std::holds_alternative<periodic_detector>(one.meaning.detector)) continue;
    const auto before = out.size();
    one.at_work->look(now, state_->with_beginnings(index).beginnings, how, out);
    for (auto at = before; at < out.size(); ++at) out[at].rule = one.meaning.id;
  }
  return out;
}

bool engine::knows(const observation_key& which) const {
  return state_->book.knows(which);
}

std::optional<instant> engine::happened(const observation_key& which) const {
  return state_->book.happened(which);
}

const rule_set& engine::rules() const noexcept {
  return *state_->rules;
}

void engine::remember(const observation& past) {
  state_->remember(past);
}

void engine::remember(const kept_day& past) {
  state_->remember(past);
}

void engine::adopt(std::shared_ptr<const rule_set> to, engine fresh) {
  if (!fresh.state_->running.empty() && (fresh.trail() != trail() || fresh.forgotten() < forgotten()))
    throw std::invalid_argument{"the two engines did not take the same observations, or one knows more of them"};
  state_->adopt(std::move(to), *fresh.state_);
}

void engine::save(snapshot_writer& to) const {
  to(state_->names());
  state::fields(to, *state_);
}

engine engine::restore(std::shared_ptr<const rule_set> rules, snapshot_reader& from) {
  engine out{std::move(rules)};
  std::vector<std::string> names;
  from(names);
  if (names != out.state_->names()) throw snapshot_error{"it is of other rules"};
  state::fields(from, *out.state_);
  out.state_->schedule();
  return out;
}

std::uint64_t engine::trail() const noexcept {
  return state_->book.trail();
}

bool same_meaning(const rule& a, const rule& b) {
  return a.id == b.id && a.hash == b.hash && (a.status == rule_status::off) == (b.status == rule_status::off);
}

std::shared_ptr<const rule_set> rules_new_in(const rule_set& to, const rule_set& from) {
  std::unordered_map<rule_id, const rule*> known;
  for (const auto& one : from.rules) known.emplace(one.id, &one);
  auto out = std::make_shared<rule_set>();
  out->reference = to.reference;
  for (const auto& one : to.rules)
    if (const auto old = known.find(one.id); old == known.end() || !same_meaning(*old->second, one))
      out->rules.push_back(one);
  return out;
}

} // namespace forewarn::rules
