// SPDX-License-Identifier: Apache-2.0
// When what is done: during a job of the desk, at its end, and when something falls due. What each change of a signal
// leads to is in signal_changes.cpp, decisions of people in decisions.cpp.
#include "daemon/alerting/process.hpp"

#include "daemon/alerting/history.hpp"
#include "daemon/alerting/news.hpp"
#include "daemon/alerting/paging.hpp"
#include "daemon/alerting/receipts.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/panel/clocks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

// To say what is known of a signal, all its records are read. With more of them than this, what waits is brought up to
// date once a minute and not with every batch: a signal that grows for weeks would otherwise slow down intake.
constexpr std::size_t many_records = 500;
constexpr duration rest_of_large = std::chrono::minutes{1};

void stop_unsent(alert held, const std::string& why, const setup& with, store& ledger, instant now) {
  held.state = alert_state::stopped;
  held.reason = why;
  ledger.save(held);
  tell_of_fault("alert.failed", "alert.failed|" + held.ref.str(), "Alert " + held.ref.str() + " could not go out",
                fmt::format("{}\n\n{}\n\nNo service received it. If it should still go out, tell them yourself now, "
                            "then mend the cause.",
                            held.content.headline, why),
                with, ledger, now);
}

void release_held(alert held, const setup& with, store& ledger, instant now) {
  const auto* rule = with.rule(held.rule);
  if (rule != nullptr && rule->status != rules::rule_status::live) {
    held.state = alert_state::stopped;
    held.reason = "its rule is no longer live";
    ledger.save(held);
    return;
  }
  const auto state = ledger.signal_by_id(held.signal);
  if (state && rule != nullptr)
    if (const auto by = muted_by(facts_of(*state, with, ledger), ledger, now)) { // muted within its hold
      held.hold_until = by->until;
      return ledger.save(held);
    }
  if (state && rule != nullptr) {
    auto facts = facts_of(*state, with, ledger);
    add_history(facts, with, ledger);
    write_alert(held, facts, with, now);
  }
  if (const auto wrong = obstacle(held, true, with, now))
    return stop_unsent(std::move(held), *wrong, with, ledger, now);
  held.state = alert_state::issued;
  held.issued_at = now;
  release_alert(held, true, with, ledger, now);
  ledger.save(held);
  panel::watch(held, ledger, now);
  audit::note(ledger, now,
              {audit::nobody,
               "alert.issued",
               {held.ref.str(), held.signal.str()},
               "its hold ran out",
               {{"version", held.version}}});
}

} // namespace

process::process(std::shared_ptr<const rules::rule_set> rules, std::shared_ptr<const service_book> services,
                 std::shared_ptr<const word_book> words, std::string reference_prefix, digest_times times)
    : parts_{std::make_shared<parts>()} {
  parts_->now.reference_prefix = std::move(reference_prefix);
  parts_->now.times = times;
  parts_->now.panel = std::make_shared<const panel::policy>();
  replace(std::move(rules), std::move(services), std::move(words));
}

void process::begin_job() {
  parts_->arisen.clear();
  parts_->to_tell.clear();
  parts_->notes.clear();
  parts_->of_week.clear();
}

void process::take(const signal_event& event, store& ledger, instant now) {
  look_for_outage(*parts_, ledger, now);
  const auto* rule = parts_->now.rule(event.now.rule);
  if (rule == nullptr || rule->status != rules::rule_status::live) return;
  auto what = event.what;
  if (event.now.retrospective) what = signal_change::retrospective;
  if (what == signal_change::closed) parts_->large.erase(event.now.id);
  if (what == signal_change::grew) parts_->grown.insert(event.now.id);
  // Of `held` and `resumed` the notice about the feed says how many there are; each one's next notice says so as well.
  if (what == signal_change::grew || what == signal_change::held || what == signal_change::resumed) return;
  parts_->arisen.push_back({what, event.now.id, event.at, now});
}

void process::keep_current(store& ledger, instant now) {
  const auto& with = parts_->now;
  look_for_outage(*parts_, ledger, now);
  for (const auto& one : parts_->arisen) now = std::max(now, one.now);
  act_on_changes(*parts_, ledger);
  newsroom room{*parts_, ledger, now};
  if (with.growth_matters)
    for (const auto& id : parts_->grown) room.look_at_growth(id);
  room.tell_all();
  room.plan_shadow();
  note_alive(*parts_, ledger, now);
  for (const auto& id : std::exchange(parts_->grown, {})) {
    if (const auto large = parts_->large.find(id);
        large != parts_->large.end() && now < large->second + rest_of_large) {
      parts_->grown.insert(id);
      continue;
    }
    parts_->large.erase(id);
    const auto state = ledger.signal_by_id(id);
    if (!state || state->closed_at) continue;
    const auto work = ledger.assessment_of(id);
    const bool waits = work && work->state == assessment_state::received;
    auto held = ledger.alert_of(id);
    if (held && held->state != alert_state::held) held.reset();
    if (!waits && !held) continue;
    const auto facts = facts_of(*state, with, ledger);
    if (facts.evidence.size() > many_records) parts_->large.insert_or_assign(id, now);
    if (waits) (void)keep_up(work, facts, with, ledger, now);
    if (!held) continue;
    write_alert(*held, facts, with, now);
    ledger.save(*held);
  }
}

void process::after_new_rules(store& ledger, instant now) {
  const auto& with = parts_->now;
  newsroom room{*parts_, ledger, now};
  for (const auto& held : ledger.alerts_held()) {
    const auto state = ledger.signal_by_id(held.signal);
    if (!state || !ground_is_gone(*state)) continue;
    auto facts = facts_of(*state, with, ledger);
    facts.change = signal_change::closed;
    ended("signal.closed", facts, room, with, ledger, state->closed_at.value_or(now), now);
  }
  room.tell_all();
}

void process::advance(store& ledger, instant now) {
  look_for_outage(*parts_, ledger, now);
  newsroom room{*parts_, ledger, now};
  room.end_mutes();
  room.release_due();
  room.remind();
  escalate_unread(parts_->now, ledger, now);
  follow_up(parts_->now, ledger, now);
  room.tell_of_week();
  room.tell_of_shadow();
  for (auto& held : ledger.alerts_held())
    if (held.hold_until.value_or(now) <= now) release_held(std::move(held), parts_->now, ledger, now);
  panel::speak_due(parts_->now, ledger, now);
}

std::optional<instant> process::next_deadline(const store_reader& ledger) const {
  // The first thing after a start: before the sender takes up what waits in the outbox.
  if (!parts_->looked_for_outage && was_alive(ledger)) return instant{};
  auto first = ledger.next_after_signal();
  if (const auto next = next_escalation(ledger); next && (!first || *next < *first)) first = next;
  for (const auto& due : {shadow_due(parts_->now, ledger), week_due(ledger)})
    if (due && (!first || *due < *first)) first = due;
  for (const auto& held : ledger.alerts_held())
    if (const auto until = held.hold_until.value_or(held.created_at); !first || until < *first) first = until;
  if (const auto next = panel::of(ledger).next_receipt(); next && (!first || *next < *first)) first = next;
  if (const auto next = panel::of(ledger).next_clock(); next && (!first || *next < *first)) first = next;
  for (const auto& [id, looked] : parts_->large)
    if (parts_->grown.contains(id) && (!first || looked + rest_of_large < *first)) first = looked + rest_of_large;
  return first;
}

void process::replace(std::shared_ptr<const rules::rule_set> rules, std::shared_ptr<const service_book> services,
                      std::shared_ptr<const word_book> words) {
  parts_->now.growth_matters = std::any_of(rules->rules.begin(), rules->rules.end(), [](const auto& one) {
    return one.alert.remind_growth || one.alert.stale_after;
  });
  parts_->now.rules = std::move(rules);
  parts_->now.services = std::move(services);
  parts_->now.words = std::move(words);
}

void process::keep(digest_times times) {
  parts_->now.times = times;
}

void process::keep(std::shared_ptr<const panel::policy> how) {
  if (how) parts_->now.panel = std::move(how);
}

const setup& process::in_force() const {
  return parts_->now;
}

} // namespace forewarn::alerting
