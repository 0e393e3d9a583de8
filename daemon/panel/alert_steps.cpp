// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/alert_steps.hpp"

#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/history.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/panel/clocks.hpp"
#include "daemon/panel/content_edit.hpp"
#include "daemon/panel/people.hpp"
#include "daemon/panel/step_message.hpp"
#include "daemon/wording/linter.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::panel {
namespace {

using alerting::addressee;

result<alert, std::string> in_force(const alert_ref& ref, const decision& by, const store_reader& ledger) {
  if (auto wrong = alerting::not_a_decision(by)) return failure(std::move(*wrong));
  auto one = ledger.alert_by_ref(ref);
  if (!one) return failure(fmt::format("no alert '{}'; `forewarn alerts list --all` shows all", ref.str()));
  if (one->state == alert_state::held)
    return failure(fmt::format("alert {} is still held: nobody has received it. To stop it: forewarn alerts stop {}",
                               ref.str(), ref.str()));
  if (one->state != alert_state::issued)
    return failure(fmt::format("alert {} is not in force: it was {} by {}", ref.str(), to_text(one->state),
                               one->decided_by.empty() ? "nobody" : one->decided_by));
  return std::move(*one);
}

alert next_version(const alert& before, const decision& by) {
  auto out = before;
  out.supersedes = fmt::format("{} v{}", before.ref.str(), before.version);
  ++out.version;
  out.decided_by = std::string{trim(by.who)};
  out.reason = std::string{trim(by.reason)};
  return out;
}

struct reached {
  std::vector<addressee> to;
  std::vector<std::string> lost; // "outreach by webhook": its service or channel is no longer configured
};

// Whoever said 410 asked for no more; all others had the message, have it on the way, or were told another way.
reached who_received(const alert_ref& ref, const setup& with, const store_reader& ledger) {
  reached out;
  for (const auto& one : of(ledger).receivers(ref)) {
    if (one.state == delivery_state::disabled) continue;
    const auto* service = with.services->find(one.service);
    const alerting::channel* by = nullptr;
    if (service != nullptr)
      for (const auto& have : service->channels)
        if (have.name == one.channel) by = &have;
    if (by == nullptr)
      out.lost.push_back(fmt::format("{} by {}", one.service.str(), one.channel));
    else
      out.to.push_back({service, by});
  }
  return out;
}

bool holds(const std::vector<addressee>& all, const addressee& one) {
  return std::any_of(all.begin(), all.end(), [&](const addressee& other) {
    return other.to->id == one.to->id && other.by->name == one.by->name;
  });
}

void add_missing(std::vector<addressee>& all, const std::vector<addressee>& more) {
  for (const auto& one : more)
    if (!holds(all, one)) all.push_back(one);
}

void tell_of_lost(const alert& one, const reached& to, const setup& with, store& ledger, instant now) {
  if (to.lost.empty()) return;
  const auto key = fmt::format("alert.failed|{} v{}|lost", one.ref.str(), one.version);
  alerting::tell_of_fault(
      "alert.failed", key, fmt::format("{} changed, and some who received it cannot be told", one.ref.str()),
      fmt::format("{}\n\nVersion {} could not be sent to {}: they received an earlier one, and are no longer in "
                  "services.d. Tell them another way now.",
                  one.content.headline, one.version, join_and(to.lost)),
      with, ledger, now);
}

boost::json::object named(const std::vector<addressee>& to) {
  boost::json::array out;
  for (const auto& one : to) out.emplace_back(one.to->id.str() + '/' + one.by->name);
  return {{"to", std::move(out)}};
}

std::vector<std::string> subjects_of(const alert& one) {
  std::vector<std::string> out{one.ref.str()};
  if (one.assessment) out.push_back(one.assessment->str());
  if (!one.signal.empty()) out.push_back(one.signal.str());
  return out;
}

// Saves the version, sends it, and writes both down. What cannot be rendered changes nothing.
result<alert, std::string> take_step(alert next, const told_step& what, const reached& to, const setup& with,
                                     store& ledger, instant now) {
  const auto written = render_step(next, what, *with.words, with.reference(), now);
  if (!written) return failure(written.error());
  ledger.save(next);
  alerting::send_by(*written, fmt::format("{}|{} v{}", written->type, next.ref.str(), next.version), to.to, ledger,
                    now);
  tell_of_lost(next, to, with, ledger, now);
  if (next.state == alert_state::issued)
    watch(next, ledger, now);
  else
    unwatch(next.ref, ledger);
  auto detail = named(to.to);
  detail["version"] = next.version;
  audit::note(ledger, now, {next.decided_by, written->type, subjects_of(next), next.reason, std::move(detail)});
  return next;
}

result<alert, std::string> end(const alert_ref& ref, alert_state state, alert_step step, const decision& by,
                               const setup& with, store& ledger, instant now) {
  const auto before = in_force(ref, by, ledger);
  if (!before) return failure(before.error());
  auto next = next_version(*before, by);
  next.state = state;
  next.issued_at = now;
  return take_step(std::move(next), {step, {}, {}, before->issued_at}, who_received(ref, with, ledger), with, ledger,
                   now);
}

// Its signal may be gone, with the records beyond their retention.
result<void, std::string> write_again(alert& one, const setup& with, const store_reader& ledger) {
  const auto state = one.signal.empty() ? std::nullopt : ledger.signal_by_id(one.signal);
  if (!state) return failure(fmt::format("alert {} is about no signal: give its parts yourself", one.ref.str()));
  auto facts = alerting::facts_of(*state, with, ledger);
  alerting::add_history(facts, with, ledger);
  if (facts.evidence.empty())
    return failure(fmt::format("no record stands behind signal {} any more", one.signal.str()));
  const auto instigator = one.content.instigator;
  one.content = alerting::compose_for(facts, one.audience, *with.words, with.reference());
  one.content.instigator = instigator;
  one.level = std::max(one.level, state->level);
  return {};
}

std::optional<std::string> wrong_times(const update_wish& how, instant now) {
  for (const auto& at : {how.review_by, how.expires_at})
    if (at && *at <= now) return "the review date and the end must lie ahead";
  return {};
}

} // namespace

result<alert, std::string> update(const alert_ref& ref, const update_wish& how, const decision& by, const setup& with,
                                  store& ledger, instant now) {
  const auto before = in_force(ref, by, ledger);
  if (!before) return failure(before.error());
  if (const auto wrong = wrong_times(how, now)) return failure(*wrong);
  auto next = next_version(*before, by);
  if (how.refresh)
    if (const auto again = write_again(next, with, ledger); !again) return failure(again.error());
  auto content = edited(next.content, how.content, *with.words, with.reference());
  if (!content) return failure(content.error());
  next.content = std::move(*content);
  if (how.level) next.level = *how.level;
  if (needs_second(next) && !how.break_glass)
    return failure(fmt::format("{} is red and for {}: what it says needs two people. Let a second person read this, "
                               "then send it with --break-glass and let them review it",
                               ref.str(), to_text(next.audience)));
  next.issued_at = now;
  next.review_by = how.review_by ? how.review_by : before->review_by;
  next.expires_at = how.expires_at ? how.expires_at : before->expires_at;
  if (auto wrong = wording::objection(next, *with.words)) return failure("not sent: " + *wrong);
  const auto changes = changes_between(*before, next);
  if (changes.empty() && next.review_by == before->review_by && next.expires_at == before->expires_at)
    return failure(fmt::format("alert {} says that already: nothing would change", ref.str()));
  auto to = who_received(ref, with, ledger);
  if (how.widen)
    for (const auto* service : alerting::recipients(next, false, with))
      for (const auto& channel : service->channels) add_missing(to.to, {{service, &channel}});
  const auto step = how.correction ? alert_step::corrected : alert_step::updated;
  auto done = take_step(std::move(next), {step, changes, {}}, to, with, ledger, now);
  if (done && needs_second(*done)) await_second(*done, by, with, ledger, now);
  return done;
}

result<alert, std::string> stand_down(const alert_ref& ref, const decision& by, const setup& with, store& ledger,
                                      instant now) {
  return end(ref, alert_state::stood_down, alert_step::stood_down, by, with, ledger, now);
}

result<alert, std::string> retract(const alert_ref& ref, const decision& by, const setup& with, store& ledger,
                                   instant now) {
  return end(ref, alert_state::retracted, alert_step::retracted, by, with, ledger, now);
}

result<alert, std::string> merge(const alert_ref& ref, const alert_ref& into, const decision& by, const setup& with,
                                 store& ledger, instant now) {
  const auto ends = in_force(ref, by, ledger);
  if (!ends) return failure(ends.error());
  const auto stays = in_force(into, by, ledger);
  if (!stays) return failure(stays.error());
  if (ref == into) return failure(std::string{"an alert cannot be merged into itself"});
  if (ends->status != stays->status)
    return failure(fmt::format("{} is {} and {} is {}: they cannot be one alert", ref.str(), to_text(ends->status),
                               into.str(), to_text(stays->status)));
  if (ends->audience < stays->audience)
    return failure(fmt::format("{} is for {}, {} for {}: those who received the first may not read the second",
                               ref.str(), to_text(ends->audience), into.str(), to_text(stays->audience)));
  auto last = next_version(*ends, by);
  last.state = alert_state::stood_down;
  last.issued_at = now;
  auto next = next_version(*stays, by);
  next.issued_at = now;
  next.level = std::max(next.level, ends->level);
  if (needs_second(next))
    return failure(fmt::format("{} would be red and for {}: update it with --break-glass and stand {} down instead",
                               into.str(), to_text(next.audience), ref.str()));
  const auto first = who_received(ref, with, ledger);
  auto both = who_received(into, with, ledger);
  add_missing(both.to, first.to);
  auto changes = changes_between(*stays, next);
  changes.push_back(fmt::format("It takes in {}: {}", ref.str(), ends->content.headline));
  // Rendered before anything is saved: either both go out or neither.
  const told_step over{alert_step::merged, {}, into.str(), ends->issued_at};
  if (const auto written = render_step(last, over, *with.words, with.reference(), now); !written)
    return failure(written.error());
  auto done = take_step(std::move(next), {alert_step::updated, changes, {}}, both, with, ledger, now);
  if (!done) return done;
  (void)take_step(std::move(last), over, first, with, ledger, now);
  audit::note(ledger, now, {by.who, "alert.merged", {ref.str(), into.str()}, by.reason, {}});
  return done;
}

result<alert, std::string> review(const alert_ref& ref, std::optional<instant> next, const decision& by, store& ledger,
                                  instant now) {
  auto one = in_force(ref, by, ledger);
  if (!one) return failure(one.error());
  if (next && *next <= now) return failure(std::string{"the next review must lie ahead"});
  const auto second = of(ledger).clock_of(clock_kind::second_review, ref.str());
  if (second) {
    if (same_person(one->decided_by, by.who))
      return failure(
          fmt::format("{} released {} alone: the second review is another person's", one->decided_by, ref.str()));
    of(ledger).stop_clock(clock_kind::second_review, ref.str());
  }
  const auto length = one->review_by && one->issued_at ? *one->review_by - *one->issued_at : duration{};
  one->review_by = next.value_or(now + std::max<duration>(length, std::chrono::hours{24}));
  ledger.save(*one);
  watch(*one, ledger, now);
  audit::note(ledger, now,
              {by.who,
               second ? "alert.second_review" : "alert.reviewed",
               subjects_of(*one),
               by.reason,
               {{"version", one->version}, {"review_by", format_rfc3339(*one->review_by)}}});
  return std::move(*one);
}

result<std::size_t, std::string> answer_actions(const alert_ref& ref, const answer_wish& what, const std::string& who,
                                                store& ledger, instant now) {
  if (auto wrong = alerting::not_a_decision({who, "-"})) return failure(std::move(*wrong));
  const auto one = ledger.alert_by_ref(ref);
  if (!one) return failure(fmt::format("no alert '{}'; `forewarn alerts list --all` shows all", ref.str()));
  const auto had = of(ledger).receivers(ref);
  if (std::none_of(had.begin(), had.end(), [&](const receiver& r) { return r.service == what.service; }))
    return failure(fmt::format("{} was not sent {}: it has nothing to answer", what.service.str(), ref.str()));
  const auto& actions = one->content.actions;
  if (what.action > actions.size())
    return failure(fmt::format("{} has {} actions; there is no number {}", ref.str(), actions.size(), what.action));
  if (what.answer == action_answer_word::cannot && trim(what.note).empty())
    return failure(std::string{"say what stands in the way (--note): somebody has to do something about it"});
  std::size_t count = 0;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (what.action != 0 && what.action != i + 1) continue;
    of(ledger).append(action_answer{ref, one->version, what.service, actions[i], what.answer, std::string{trim(who)},
                                    what.note, now});
    ++count;
  }
  audit::note(ledger, now,
              {who,
               "alert.answered",
               {ref.str(), what.service.str()},
               what.note,
               {{"answer", to_text(what.answer)}, {"action", static_cast<std::int64_t>(what.action)}}});
  return count;
}

result<evaluation, std::string> evaluate(const alert_ref& ref, evaluation what, store& ledger, instant now) {
  if (auto wrong = alerting::not_a_decision({what.who, "-"})) return failure(std::move(*wrong));
  if (!ledger.alert_by_ref(ref))
    return failure(fmt::format("no alert '{}'; `forewarn alerts list --all` shows all", ref.str()));
  what.alert = ref;
  what.at = now;
  if (what.reach.empty() && what.feedback.empty() && what.indicator.empty() && what.unintended.empty() &&
      what.lesson.empty())
    return failure(std::string{"say at least one of: reach, feedback, indicator, unintended, lesson"});
  of(ledger).append(what);
  audit::note(ledger, now, {what.who, "alert.evaluated", {ref.str()}, {}, {}});
  return what;
}

} // namespace forewarn::panel
