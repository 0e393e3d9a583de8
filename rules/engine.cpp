// SPDX-License-Identifier: Apache-2.0
#include "rules/engine.hpp"

#include "rules/machines/machine.hpp"
#include "rules/observation_book.hpp"
#include "rules/rule_index.hpp"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace forewarn::rules {

struct engine::state {
  std::shared_ptr<const rule_set> rules;
  observation_book book;
  agenda deadlines;
  rules_by_kind candidates;
  std::vector<std::unique_ptr<machine>> machines; // by rule; none where it is off
  instant now = instant::min();

  explicit state(std::shared_ptr<const rule_set> given) : rules{std::move(given)}, candidates{rules->rules} {
    for (std::size_t i = 0; i < rules->rules.size(); ++i) {
      const auto& one = rules->rules[i];
      if (one.status == rule_status::off)
        machines.emplace_back();
      else
        machines.push_back(make_machine({one, static_cast<rule_index>(i), *rules->reference, book, deadlines}));
    }
  }

  void move_to(instant to, std::vector<signal_event>& out) {
    while (!deadlines.empty() && deadlines.begin()->at <= to) {
      const auto due = *deadlines.begin();
      machines[due.rule]->signals().close_due(due.which, out);
    }
    now = to;
  }

  // Every rule that may observe the new form, and every one that held the old.
  void take(observation_index who, const observation& seen, std::vector<signal_event>& out) {
    const fact form = make_fact(std::shared_ptr<const observation>{std::shared_ptr<void>{}, &seen}, *rules->reference);
    const auto& observing = candidates.of(seen.key.feed, seen.kind);
    std::vector<rule_index> now_held;
    const auto hear = [&](rule_index index, bool may_observe) {
      const bool wanted = may_observe && !seen.withdrawn && holds(rules->rules[index].where, form);
      if (!wanted && !machines[index]->holds_form_of(who)) return;
      machines[index]->take({who, now, wanted ? &form : nullptr}, out);
      if (wanted) now_held.push_back(index);
    };
    std::vector<std::pair<rule_index, bool>> asked;
    for (const auto index : observing) asked.emplace_back(index, true);
    for (const auto index : book.held_by(who))
      if (!std::binary_search(observing.begin(), observing.end(), index)) asked.emplace_back(index, false);
    std::sort(asked.begin(), asked.end());
    for (const auto& [index, may_observe] : asked) hear(index, may_observe);
    book.set_held_by(who, std::move(now_held));
  }
};

engine::engine(std::shared_ptr<const rule_set> rules) : state_{std::make_unique<state>(std::move(rules))} {}
engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;
engine::~engine() = default;

void engine::observe(const observation& seen, std::vector<signal_event>& out) {
  if (seen.received_at < state_->now)
    throw std::invalid_argument{fmt::format("the engine is at {} and cannot go back to {}", format_rfc3339(state_->now),
                                            format_rfc3339(seen.received_at))};
  state_->move_to(seen.received_at, out);
  if (const auto who = state_->book.accept(seen)) state_->take(*who, seen, out);
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
  for (const auto& one : state_->machines)
    if (one && one->signals().close_by_person(which, at, out)) return;
}

std::vector<signal> engine::open_signals() const {
  std::vector<signal> out;
  for (const auto& one : state_->machines)
    if (one) one->signals().open_signals(out);
  std::stable_sort(out.begin(), out.end(), [](const signal& a, const signal& b) {
    return std::tie(a.opened_at, a.rule, a.series) < std::tie(b.opened_at, b.rule, b.series);
  });
  return out;
}

std::vector<rule_counters> engine::counters() const {
  std::vector<rule_counters> out;
  for (const auto& one : state_->machines)
    if (one) out.push_back(one->counters());
  return out;
}

const rule_set& engine::rules() const noexcept {
  return *state_->rules;
}

} // namespace forewarn::rules
