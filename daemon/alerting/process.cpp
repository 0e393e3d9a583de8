// SPDX-License-Identifier: Apache-2.0
// What each change of a signal leads to. Decisions of people are in decisions.cpp.
#include "daemon/alerting/process.hpp"

#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/outgoing.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

// To say what is known of a signal, all its records are read. With more of them than this, what waits is brought up to
// date once a minute and not with every batch: a signal that grows for weeks would otherwise slow down intake.
constexpr std::size_t many_records = 500;
constexpr duration rest_of_large = std::chrono::minutes{1};

assessment open_assessment(const signal_facts& facts, const setup& with, store& ledger, instant now) {
  assessment work;
  work.ref = assessment_ref{next_reference("A", with.reference(), ledger, now)};
  work.signal = facts.state.id;
  work.rule = facts.state.rule;
  work.level = facts.state.level;
  work.headline = compose_for(facts, audience::on_call, *with.words, with.reference()).headline;
  work.received_at = now;
  ledger.save(work);
  return work;
}

alert hold_alert(const signal_facts& facts, const setup& with, store& ledger, instant now) {
  alert held;
  held.ref = alert_ref{next_reference(with.reference_prefix, with.reference(), ledger, now)};
  held.outcome = alert_outcome::information_only;
  held.state = alert_state::held;
  held.audience = audience_of(facts.rule);
  held.signal = facts.state.id;
  held.rule = facts.state.rule;
  held.created_at = now;
  held.hold_until = now + facts.rule->alert.hold;
  held.decided_by = "automatic";
  write_alert(held, facts, with, now);
  ledger.save(held);
  return held;
}

void opened(signal_facts& facts, const setup& with, store& ledger, instant now) {
  auto work = ledger.assessment_of(facts.state.id);
  if (facts.rule->alert.release == release::automatic) {
    if (!facts.written) facts.written = hold_alert(facts, with, ledger, now);
  } else if (!work) {
    work = open_assessment(facts, with, ledger, now);
  }
  tell_on_call("signal.opened", opened_key(facts.state.id), facts, work, with, ledger, now);
}

// A rise after the panel said no is a new question; one still open is the same question, larger.
std::optional<assessment> keep_up(std::optional<assessment> work, const signal_facts& facts, const setup& with,
                                  store& ledger, instant now) {
  if (!work) return work;
  if (work->state == assessment_state::dismissed && facts.change != signal_change::fell)
    return open_assessment(facts, with, ledger, now);
  if (work->state != assessment_state::received) return work;
  auto headline = compose_for(facts, audience::on_call, *with.words, with.reference()).headline;
  if (work->level == facts.state.level && work->headline == headline) return work;
  work->level = facts.state.level;
  work->headline = std::move(headline);
  ++work->version;
  ledger.save(*work);
  return work;
}

void changed(signal_facts& facts, const setup& with, store& ledger, instant at, instant now) {
  auto work = ledger.assessment_of(facts.state.id);
  if (facts.change == signal_change::fell) {
    const bool level_told =
        work ? work->level == facts.state.level : facts.written && facts.written->level == facts.state.level;
    if (level_told) return; // a smaller number at the same level is for the record, not for a telephone
  }
  work = keep_up(std::move(work), facts, with, ledger, now);
  if (facts.written && facts.written->state == alert_state::held) {
    write_alert(*facts.written, facts, with, now);
    ledger.save(*facts.written);
  }
  const auto key = fmt::format("signal.changed|{}|{}", facts.state.id.str(), format_rfc3339(at));
  tell_on_call("signal.changed", key, facts, work, with, ledger, now);
}

bool ground_is_gone(const signal& state) {
  return state.contradicted || state.close_reason == close_reason::data_corrected ||
         state.close_reason == close_reason::rule_changed || state.close_reason == close_reason::person;
}

void stop_held(signal_facts& facts, store& ledger) {
  if (!facts.written || facts.written->state != alert_state::held || !ground_is_gone(facts.state)) return;
  facts.written->state = alert_state::stopped;
  facts.written->reason = facts.state.contradicted
                              ? "contradicted"
                              : std::string{to_text(facts.state.close_reason.value_or(close_reason::data_corrected))};
  ledger.save(*facts.written);
}

// Whoever acted on an alert must hear that its ground is gone, in words made for the alert's audience.
void tell_alerted(const std::string& type, const std::string& key, const signal_facts& facts, const setup& with,
                  store& ledger, instant now) {
  if (!facts.written || facts.written->state == alert_state::held || facts.written->state == alert_state::stopped)
    return;
  const auto alerted = issued_key(*facts.written);
  const auto to =
      services_that(with, [&](const service& s) { return was_told(alerted, s, ledger) && !was_told(key, s, ledger); });
  if (to.empty()) return;
  const auto notice = render_notice(type, facts, {}, *with.words, with.reference(), now, facts.written->audience);
  if (notice)
    send(*notice, key, to, ledger, now);
  else
    tell_of_fault("notice.failed", key + "|failed", "A signal notice could not be written: " + facts.state.id.str(),
                  notice.error(), with, ledger, now);
}

// `type` to those who heard of the opening; where the ground is gone, to those who received the alert as well.
void ended(const std::string& type, signal_facts& facts, const setup& with, store& ledger, instant at, instant now) {
  stop_held(facts, ledger);
  const auto key = fmt::format("{}|{}|{}", type, facts.state.id.str(), format_rfc3339(at));
  const auto told = services_that(
      with, [&](const service& s) { return s.on_call && was_told(opened_key(facts.state.id), s, ledger); });
  if (!told.empty()) tell_on_call(type, key, facts, ledger.assessment_of(facts.state.id), with, ledger, now);
  if (facts.state.contradicted || facts.state.close_reason == close_reason::data_corrected)
    tell_alerted(type, key, facts, with, ledger, now);
}

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
  if (state && rule != nullptr) write_alert(held, facts_of(*state, with, ledger), with, now);
  if (const auto wrong = obstacle(held, true, with, now))
    return stop_unsent(std::move(held), *wrong, with, ledger, now);
  held.state = alert_state::issued;
  held.issued_at = now;
  release_alert(held, true, with, ledger, now);
  ledger.save(held);
}

} // namespace

process::process(std::shared_ptr<const rules::rule_set> rules, std::shared_ptr<const service_book> services,
                 std::shared_ptr<const word_book> words, std::string reference_prefix)
    : parts_{std::make_shared<parts>(
          parts{{std::move(rules), std::move(services), std::move(words), std::move(reference_prefix)}})} {}

void process::take(const signal_event& event, store& ledger, instant now) {
  const auto& with = parts_->now;
  const auto* rule = with.rule(event.now.rule);
  if (rule == nullptr || rule->status != rules::rule_status::live) return;
  if (event.what == signal_change::closed) parts_->large.erase(event.now.id);
  if (event.what == signal_change::grew) parts_->grown.insert(event.now.id);
  const auto what = event.what;
  if (what == signal_change::grew || what == signal_change::retrospective || what == signal_change::held ||
      what == signal_change::resumed)
    return;
  auto facts = facts_of(event.now, with, ledger);
  facts.change = event.what;
  switch (event.what) {
  case signal_change::opened: return opened(facts, with, ledger, now);
  case signal_change::raised:
  case signal_change::fell:
  case signal_change::fresh_crossing:
  case signal_change::reopened: return changed(facts, with, ledger, event.at, now);
  case signal_change::closed: return ended("signal.closed", facts, with, ledger, event.at, now);
  case signal_change::contradicted: return ended("signal.changed", facts, with, ledger, event.at, now);
  case signal_change::grew:
  case signal_change::held: // the notice about the feed says how many are; each one's next notice says so as well
  case signal_change::resumed:
  case signal_change::retrospective: return;
  }
}

void process::keep_current(store& ledger, instant now) {
  const auto& with = parts_->now;
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
  for (const auto& held : ledger.alerts_held()) {
    const auto state = ledger.signal_by_id(held.signal);
    if (!state || !ground_is_gone(*state)) continue;
    auto facts = facts_of(*state, with, ledger);
    facts.change = signal_change::closed;
    ended("signal.closed", facts, with, ledger, state->closed_at.value_or(now), now);
  }
}

void process::advance(store& ledger, instant now) {
  for (auto& held : ledger.alerts_held())
    if (held.hold_until.value_or(now) <= now) release_held(std::move(held), parts_->now, ledger, now);
}

std::optional<instant> process::next_deadline(const store_reader& ledger) const {
  std::optional<instant> first;
  for (const auto& held : ledger.alerts_held())
    if (const auto until = held.hold_until.value_or(held.created_at); !first || until < *first) first = until;
  for (const auto& [id, looked] : parts_->large)
    if (parts_->grown.contains(id) && (!first || looked + rest_of_large < *first)) first = looked + rest_of_large;
  return first;
}

void process::replace(std::shared_ptr<const rules::rule_set> rules, std::shared_ptr<const service_book> services,
                      std::shared_ptr<const word_book> words) {
  parts_->now.rules = std::move(rules);
  parts_->now.services = std::move(services);
  parts_->now.words = std::move(words);
}

} // namespace forewarn::alerting
