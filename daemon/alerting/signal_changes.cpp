// SPDX-License-Identifier: Apache-2.0
// What each change of a signal leads to: an assessment, a held alert, words to on-call and to those who had the alert.
// What arose in one job is looked at together, signal by signal: of a signal that opened and rose in it, the opening is
// told, with the level it has now.
#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/news.hpp"
#include "daemon/panel/clocks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

assessment open_assessment(const signal_facts& facts, const setup& with, store& ledger, instant now) {
  assessment work;
  work.ref = assessment_ref{next_reference("A", with.reference(), ledger, now)};
  work.signal = facts.state.id;
  work.rule = facts.state.rule;
  work.level = facts.state.level;
  work.headline = compose_for(facts, audience::on_call, *with.words, with.reference()).headline;
  work.received_at = now;
  ledger.save(work);
  if (with.panel->clocks.for_signals)
    panel::start(panel::clock_kind::assess, work.ref.str(), panel::assessment_due(now, false, with), ledger, now);
  return work;
}

void opened(signal_facts& facts, newsroom& room, const setup& with, store& ledger, const arisen& one) {
  auto work = ledger.assessment_of(facts.state.id);
  if (facts.rule->alert.release == release::panel && !work) work = open_assessment(facts, with, ledger, one.now);
  room.offer_opening(facts, std::move(work), one.at);
}

void changed(signal_facts& facts, newsroom& room, const setup& with, store& ledger, const arisen& one) {
  auto work = ledger.assessment_of(facts.state.id);
  if (facts.change == signal_change::fell) {
    const bool level_told =
        work ? work->level == facts.state.level : facts.written && facts.written->level == facts.state.level;
    if (level_told) return; // a smaller number at the same level is for the record, not for a telephone
  }
  work = keep_up(std::move(work), facts, with, ledger, one.now);
  if (facts.written && facts.written->state == alert_state::held) {
    write_alert(*facts.written, facts, with, one.now);
    ledger.save(*facts.written);
  }
  const auto key = fmt::format("signal.changed|{}|{}", facts.state.id.str(), format_rfc3339(one.at));
  room.offer_change("signal.changed", key, facts, std::move(work), one.at);
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
  const auto had = panel::of(ledger).receivers(facts.written->ref); // of any version
  const auto to = services_that(with, [&](const service& s) {
    return std::any_of(had.begin(), had.end(), [&](const panel::receiver& one) { return one.service == s.id; }) &&
           !was_told(key, s, ledger);
  });
  if (to.empty()) return;
  const auto notice = render_notice(type, facts, {}, *with.words, with.reference(), now, facts.written->audience);
  if (notice)
    send(*notice, key, to, ledger, now);
  else
    tell_of_fault("notice.failed", key + "|failed", "A signal notice could not be written: " + facts.state.id.str(),
                  notice.error(), with, ledger, now);
}

// What one job did to one signal, in the order in which it is told.
struct course {
  std::optional<arisen> opened, changed, closed, contradicted, late;
};

int weight(signal_change what) {
  switch (what) {
  case signal_change::reopened:
  case signal_change::raised: return 3;
  case signal_change::fresh_crossing: return 2;
  default: return 1;
  }
}

void add(course& to, const arisen& one) {
  switch (one.what) {
  case signal_change::opened: to.opened = one; return;
  case signal_change::closed: to.closed = one; return;
  case signal_change::contradicted: to.contradicted = one; return;
  case signal_change::retrospective: to.late = one; return;
  case signal_change::reopened: to.closed.reset(); [[fallthrough]];
  case signal_change::raised:
  case signal_change::fell:
  case signal_change::fresh_crossing:
    if (!to.opened && (!to.changed || weight(one.what) >= weight(to.changed->what))) to.changed = one;
    return;
  case signal_change::grew:
  case signal_change::held:
  case signal_change::resumed: return;
  }
}

void follow(const course& of, signal_facts& facts, newsroom& room, const setup& with, store& ledger) {
  const auto step = [&](const std::optional<arisen>& one, const auto& act) {
    if (!one) return;
    facts.change = one->what;
    act(*one);
  };
  step(of.late, [&](const arisen&) { room.offer_late(facts); });
  step(of.opened, [&](const arisen& one) { opened(facts, room, with, ledger, one); });
  facts.written = ledger.alert_of(facts.state.id);
  step(of.changed, [&](const arisen& one) { changed(facts, room, with, ledger, one); });
  step(of.closed, [&](const arisen& one) { ended("signal.closed", facts, room, with, ledger, one.at, one.now); });
  step(of.contradicted,
       [&](const arisen& one) { ended("signal.changed", facts, room, with, ledger, one.at, one.now); });
}

} // namespace

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

bool ground_is_gone(const signal& state) {
  return state.contradicted || state.close_reason == close_reason::data_corrected ||
         state.close_reason == close_reason::rule_changed || state.close_reason == close_reason::person;
}

// `type` to on-call, where they know of the signal; where the ground is gone, to those who received the alert as well.
void ended(const std::string& type, signal_facts& facts, newsroom& room, const setup& with, store& ledger, instant at,
           instant now) {
  stop_held(facts, ledger);
  const auto key = fmt::format("{}|{}|{}", type, facts.state.id.str(), format_rfc3339(at));
  if (ledger.told(facts.state.id) || room.waiting(facts.state.id))
    room.offer_change(type, key, facts, ledger.assessment_of(facts.state.id), at);
  if (facts.state.contradicted || facts.state.close_reason == close_reason::data_corrected)
    tell_alerted(type, key, facts, with, ledger, now);
}

void act_on_changes(process::parts& all, store& ledger) {
  const auto& with = all.now;
  std::vector<signal_id> order;
  std::map<signal_id, course> courses;
  instant now{};
  for (const auto& one : std::exchange(all.arisen, {})) {
    const auto [it, fresh] = courses.try_emplace(one.signal);
    if (fresh) order.push_back(one.signal);
    add(it->second, one);
    now = std::max(now, one.now);
  }
  newsroom room{all, ledger, now};
  bool less = false;
  for (const auto& id : order) {
    const auto state = ledger.signal_by_id(id);
    const auto* rule = state ? with.rule(state->rule) : nullptr;
    if (rule == nullptr) continue;
    const auto& of = courses.at(id);
    less = less || of.closed || (of.changed && of.changed->what == signal_change::fell);
    auto facts = facts_of(*state, with, ledger);
    follow(of, facts, room, with, ledger);
  }
  if (less) room.release_inhibited();
}

} // namespace forewarn::alerting
