// SPDX-License-Identifier: Apache-2.0
#include "daemon/alerting/news.hpp"

#include "daemon/alerting/paging.hpp"

#include <algorithm>
#include <set>

#include <utility>

#include <fmt/format.h>

namespace forewarn::alerting {
namespace {

std::string type_of(signal_change what) {
  if (what == signal_change::opened) return "signal.opened";
  return what == signal_change::closed ? "signal.closed" : "signal.changed";
}

std::string waited_words(const waiting_notice& row, const zone& local) {
  return fmt::format("Waited since {}: {}.", local.format(row.since), spell_wait(row.why, row.by, {}, local));
}

// From so many signals on, what arises together is one message; fewer are each a message of their own, which says more
// and whose thread is the signal's.
constexpr std::size_t together_from = 5;

// Reminders and the weekly word are for signals that go on.
bool goes_on(const signal& state) {
  return !state.closed_at && !state.retrospective;
}

std::string headline_of(const std::vector<news_item>& items, std::size_t signals) {
  const bool waited = std::any_of(items.begin(), items.end(), [](const news_item& one) { return !one.waited.empty(); });
  if (signals == 1) return spell_levels(items);
  return spell_levels(items) + (waited ? ", told together" : " at once");
}

} // namespace

std::optional<waiting_notice> newsroom::waiting(const signal_id& id) const {
  const auto all = ledger_.waiting_notices_of(id);
  if (all.empty() || all.back().ended_at) return {};
  return all.back();
}

void newsroom::end_waiting(waiting_notice row, std::string how) {
  row.ended_at = now_;
  row.how = std::move(how);
  ledger_.save(row);
}

void newsroom::hold(const signal_facts& facts, signal_change what, const wait& why) {
  auto row = waiting(facts.state.id).value_or(waiting_notice{});
  if (row.id == 0) {
    row.signal = facts.state.id;
    row.rule = facts.state.rule;
    row.since = now_;
  }
  row.what = what;
  row.why = why.why;
  row.by = why.by;
  row.until = why.until;
  row.look_at = why.look_at;
  ledger_.save(row);
}

void newsroom::note_told(const signal_facts& facts, bool at_once) {
  auto one = ledger_.told(facts.state.id).value_or(told_signal{});
  if (one.signal.empty()) {
    one.signal = facts.state.id;
    one.rule = facts.state.rule;
    one.first_at = now_;
    one.at_once = at_once;
  }
  one.told_at = now_;
  one.level = facts.state.level;
  one.value = facts.state.value;
  const bool open = goes_on(facts.state) && facts.rule != nullptr;
  const bool reminds = open && (facts.rule->alert.remind_after || facts.rule->alert.remind_growth);
  one.remind_at.reset();
  if (reminds && facts.rule->alert.remind_after) one.remind_at = now_ + *facts.rule->alert.remind_after;
  if (!reminds)
    one.weekly_at.reset();
  else if (!one.weekly_at)
    one.weekly_at = next_weekly(with(), now_);
  ledger_.save(one);
}

void newsroom::put(news_item item, bool at_once) {
  note_told(item.facts, at_once);
  all_.to_tell.push_back(std::move(item));
}

void newsroom::tell_opening(signal_facts facts, std::optional<assessment> work, const std::string& waited) {
  const bool automatic = facts.rule != nullptr && facts.rule->alert.release == release::automatic;
  // Told late, an alert about what has ended would be no news to a duty desk.
  const bool over = waited.empty() ? ground_is_gone(facts.state) : facts.state.closed_at.has_value();
  if (automatic && !facts.written && !over) facts.written = hold_alert(facts, with(), ledger_, now_);
  const auto key = opened_key(facts.state.id);
  put({"signal.opened", key, std::move(facts), std::move(work), waited}, waited.empty());
}

void newsroom::offer_opening(signal_facts facts, std::optional<assessment> work, instant arrived) {
  if (ledger_.told(facts.state.id)) return;
  const auto row = waiting(facts.state.id);
  const question about{facts, facts.change.value_or(signal_change::opened), true, arrived};
  if (const auto why = reason_to_wait(about, all_.catching_up_until, with(), ledger_, now_)) {
    if (!row) hold(facts, signal_change::opened, *why);
    return;
  }
  if (row) end_waiting(*row, "told at once after all");
  facts.change = signal_change::opened;
  tell_opening(std::move(facts), std::move(work), {});
}

void newsroom::offer_change(const std::string& type, const std::string& key, signal_facts facts,
                            std::optional<assessment> work, instant arrived) {
  const auto row = waiting(facts.state.id);
  const auto what = facts.change.value_or(signal_change::raised);
  if (row && !ledger_.told(facts.state.id)) {
    const bool nothing_new = what == signal_change::fell || what == signal_change::closed ||
                             what == signal_change::contradicted || what == signal_change::grew;
    if (row->why == wait_reason::inhibited && facts.state.closed_at)
      end_waiting(*row, "it closed while it waited; nobody was told");
    else if (!nothing_new)
      offer_opening(std::move(facts), std::move(work), arrived);
    return;
  }
  if (const auto why = reason_to_wait({facts, what, false, arrived}, all_.catching_up_until, with(), ledger_, now_))
    return hold(facts, what, *why);
  if (row) end_waiting(*row, "told at once after all");
  put({type, key, std::move(facts), std::move(work), {}}, false);
}

void newsroom::offer_late(const signal_facts& facts) {
  const auto& id = facts.state.id;
  if (facts.state.closed_at || facts.evidence.empty() || ledger_.told(id) || !ledger_.waiting_notices_of(id).empty())
    return;
  const auto when = digest_for_late(facts, with(), now_);
  hold(facts, signal_change::retrospective, {wait_reason::late, {}, when, when});
}

void newsroom::look_at_growth(const signal_id& id) {
  const auto state = ledger_.signal_by_id(id);
  if (!state || !goes_on(*state)) return;
  const auto* rule = with().rule(state->rule);
  if (rule == nullptr || (!rule->alert.remind_growth && !rule->alert.stale_after)) return;
  const auto told = ledger_.told(id);
  if (!told) {
    if (const auto row = waiting(id); !row || row->why != wait_reason::stale) return;
    auto facts = facts_of(*state, with(), ledger_);
    return offer_opening(std::move(facts), ledger_.assessment_of(id), now_);
  }
  const auto growth = rule->alert.remind_growth;
  if (!growth || state->value < told->value * (1 + *growth) || state->value <= told->value || waiting(id)) return;
  offer_reminder(facts_of(*state, with(), ledger_), ledger_.assessment_of(id));
}

// --- what has fallen due

void newsroom::release(waiting_notice row) {
  const auto state = ledger_.signal_by_id(row.signal);
  const auto* rule = with().rule(row.rule);
  if (!state || rule == nullptr || rule->status != rules::rule_status::live)
    return end_waiting(std::move(row), "its rule is no longer live; nobody was told");
  if (row.why == wait_reason::inhibited && state->closed_at)
    return end_waiting(std::move(row), "it closed while it waited; nobody was told");
  if (row.why == wait_reason::late && state->close_reason == close_reason::data_corrected)
    return end_waiting(std::move(row), "corrected data took its ground away; nobody was told");
  auto facts = facts_of(*state, with(), ledger_);
  if (const auto next = still_waits(row, facts, all_.catching_up_until, with(), ledger_, now_)) {
    row.why = next->why;
    row.by = next->by;
    row.until = next->until;
    row.look_at = next->look_at;
    return ledger_.save(row);
  }
  const auto& local = with().reference().local_zone;
  const auto waited = waited_words(row, local);
  const auto what = row.what;
  end_waiting(std::move(row), "told in the digest of " + local.format(now_));
  auto work = ledger_.assessment_of(state->id);
  facts.change = what;
  if (what == signal_change::opened) return tell_opening(std::move(facts), std::move(work), waited);
  if (what == signal_change::grew) facts.again = "It has grown, or nobody has acknowledged it.";
  put({type_of(what), {}, std::move(facts), std::move(work), waited}, false);
}

void newsroom::release_due() {
  bool after_outage = false;
  for (auto& row : ledger_.waiting_notices(now_)) {
    after_outage = after_outage || row.why == wait_reason::outage;
    release(std::move(row));
  }
  if (!all_.catching_up_until || now_ < *all_.catching_up_until) return;
  // As long as more comes of what was missed, it is told in ever larger lots.
  constexpr duration longest_wave = std::chrono::minutes{5};
  all_.wave = std::min(all_.wave * 2, longest_wave);
  if (after_outage)
    all_.catching_up_until = now_ + all_.wave;
  else
    all_.catching_up_until.reset();
}

void newsroom::release_inhibited() {
  for (auto& row : ledger_.waiting_notices(instant::max()))
    if (row.why == wait_reason::inhibited) release(std::move(row));
}

void newsroom::end(forewarn::mute one, const std::string& by) {
  one.ended_at = now_;
  one.ended_by = by;
  one.until = std::min(one.until, now_);
  ledger_.save(one);
  std::size_t waited = 0;
  for (auto& row : ledger_.waiting_notices(instant::max()))
    if (row.why == wait_reason::muted && row.by == one.ref) {
      ++waited;
      row.look_at = now_;
      ledger_.save(row);
    }
  all_.notes.push_back(fmt::format("The mute {} ({}) has ended{}. Set by {} on {}: {}. {}", one.ref, one.what,
                                   by.empty() ? std::string{} : ", ended early by " + by, one.by,
                                   with().reference().local_zone.format(one.since), one.why,
                                   waited == 0
                                       ? std::string{"No notice waited for it."}
                                       : fmt::format("{} notice{} waited for it.", waited, waited == 1 ? "" : "s")));
}

void newsroom::end_mutes() {
  for (auto& one : ledger_.mutes(true))
    if (one.until <= now_) end(std::move(one), {});
}

void newsroom::offer_reminder(signal_facts facts, std::optional<assessment> work) {
  const auto told = ledger_.told(facts.state.id);
  if (told && facts.state.value > told->value) {
    facts.change = signal_change::grew;
    facts.again =
        fmt::format("It has grown from {:g} to {:g} since on-call was last told.", told->value, facts.state.value);
  } else {
    facts.again = fmt::format("Still open, {}, and nobody has acknowledged it.", to_text(facts.state.level));
  }
  const question about{facts, signal_change::grew, false, now_};
  if (const auto why = reason_to_wait(about, all_.catching_up_until, with(), ledger_, now_))
    return hold(facts, signal_change::grew, *why);
  const auto key = fmt::format("signal.changed|{}|again {}", facts.state.id.str(), format_rfc3339(now_));
  put({"signal.changed", key, std::move(facts), std::move(work), {}}, false);
}

void newsroom::remind(told_signal one) {
  const auto state = ledger_.signal_by_id(one.signal);
  const auto* rule = with().rule(one.rule);
  const bool live = rule != nullptr && rule->status == rules::rule_status::live;
  if (!state || !goes_on(*state) || !live || (!rule->alert.remind_after && !rule->alert.remind_growth)) {
    one.remind_at.reset();
    one.weekly_at.reset();
    return ledger_.save(one);
  }
  auto facts = facts_of(*state, with(), ledger_);
  auto work = ledger_.assessment_of(one.signal);
  const bool weekly = one.weekly_at && *one.weekly_at <= now_;
  const bool again = one.remind_at && *one.remind_at <= now_;
  if (weekly) one.weekly_at = next_weekly(with(), now_);
  if (again) one.remind_at = rule->alert.remind_after ? std::optional{now_ + *rule->alert.remind_after} : std::nullopt;
  ledger_.save(one);
  if (weekly && !muted_by(facts, ledger_, now_)) {
    facts.again = fmt::format("Still open, {}.", to_text(state->level));
    all_.to_tell.push_back(
        {"signal.changed", {}, std::move(facts), std::move(work), "Told once a week while it is open."});
    return;
  }
  const bool unseen = work && work->state == assessment_state::received && !work->acknowledged_at;
  if (again && (unseen || state->value > one.value) && !waiting(one.signal))
    offer_reminder(std::move(facts), std::move(work));
}

void newsroom::remind() {
  for (auto& one : ledger_.told_due(now_)) remind(std::move(one));
}

// --- the outbox

void newsroom::tell_all() {
  auto items = std::exchange(all_.to_tell, {});
  auto notes = std::exchange(all_.notes, {});
  auto of_week = std::exchange(all_.of_week, {});
  if (items.empty() && notes.empty() && of_week.empty()) return;
  std::set<signal_id> signals;
  bool waited = !notes.empty() || !of_week.empty();
  for (const auto& one : items) {
    signals.insert(one.facts.state.id);
    waited = waited || !one.waited.empty();
  }
  if (signals.size() < together_from && !waited) {
    for (const auto& one : items) tell_on_call(one.type, one.key, one.facts, one.work, with(), ledger_, now_);
    return;
  }
  if (on_call_now(with(), now_).empty()) return;
  const auto headline = !items.empty()  ? headline_of(items, signals.size())
                        : notes.empty() ? std::string{"The week"}
                                        : std::string{"A mute has ended"};
  std::move(of_week.begin(), of_week.end(), std::back_inserter(notes));
  const bool to_be_read =
      std::any_of(items.begin(), items.end(), [](const news_item& one) { return one.type != "signal.closed"; });
  const auto digest = render_digest(headline, notes, std::move(items), *with().words, with().reference(), now_);
  give_to_on_call(digest, digest.about, {signals.begin(), signals.end()}, to_be_read, with(), ledger_, now_);
}

} // namespace forewarn::alerting
