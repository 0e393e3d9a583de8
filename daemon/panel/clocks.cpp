// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/clocks.hpp"

#include "daemon/alerting/envelope.hpp"
#include "daemon/alerting/paging.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/panel/working_time.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::panel {
namespace {

using alerting::setup;
using std::chrono::hours;

constexpr duration daily = hours{24}; // how often an alert's review date speaks

const calendar* holidays_of(const setup& with) {
  const auto& all = with.reference().calendars;
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const calendar& one) { return one.id == with.panel->clocks.holidays; });
  return it == all.end() ? nullptr : &*it;
}

instant after_working(instant from, duration length, const setup& with) {
  return after_working_time(from, length, with.reference().local_zone, holidays_of(with));
}

std::vector<const alerting::service*> hearers(const panel_notice& what, const setup& with, instant now) {
  if (what.status != alert_status::actual)
    return services_that(with, [](const alerting::service& s) { return s.exercise; });
  const auto& more = what.besides.empty() ? with.panel->clocks.escalate_to : what.besides;
  auto out = alerting::on_call_now(with, now); // with whoever the rota has on duty
  if (!what.escalates) return out;
  std::vector<const alerting::service*> besides;
  for (const auto& id : more)
    for (const auto* one : with.services->named(id)) besides.push_back(one);
  if (more.empty()) besides = services_that(with, [](const alerting::service& s) { return s.operators; });
  for (const auto* one : besides)
    if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
  return out;
}

std::string local(instant at, const setup& with) {
  return with.reference().local_zone.format(at);
}

// What a clock says; nothing where what it waits for was done or is gone.
struct speech {
  std::string type, subject, text;
  forewarn::level level = forewarn::level::amber;
  alert_status status = alert_status::actual;
  duration again{};
  bool at_night = false; // and at weekends: a life is at risk, or the public read it
};

std::optional<speech> of_assessment(const clock_row& row, const setup& with, const store_reader& ledger) {
  const auto work = ledger.assessment_by_ref(assessment_ref{row.about});
  if (!work || work->state != assessment_state::received) return {};
  const auto file = of(ledger).case_of(work->ref);
  const bool risk = file && file->risk_to_life;
  speech out;
  out.type = "assessment.overdue";
  out.level = risk || row.spoken > 0 ? level::red : level::amber;
  out.status = file ? file->status : alert_status::actual;
  out.at_night = risk;
  out.again = risk ? with.panel->clocks.again_at_risk : with.panel->clocks.again;
  out.subject = fmt::format("OVERDUE: the panel has not decided {}{}", row.about, risk ? ", a risk to life" : "");
  out.text = fmt::format(
      "{}\n\nIt came {} and was to be decided by {}. {}\n\nSee it: forewarn assessments show {}", work->headline,
      local(work->received_at, with), local(row.due_at, with),
      work->acknowledged_by.empty() ? "Nobody has it in hand." : work->acknowledged_by + " has it in hand.", row.about);
  return out;
}

std::optional<speech> of_reply(const clock_row& row, const setup& with, const store_reader& ledger) {
  const auto one = of(ledger).report_by_ref(report_ref{row.about});
  if (!one || one->replied_at) return {};
  speech out;
  out.type = "reply.overdue";
  out.status = one->status;
  out.again = with.panel->clocks.again;
  out.subject = fmt::format("OVERDUE: nobody has replied to who reported {}", row.about);
  out.text =
      fmt::format("The report came {}; its reporter was to hear by {} what came of it.\n\nSee it, and write down "
                  "the reply: forewarn reports show {}, forewarn reports reply {}",
                  local(one->received_at, with), local(row.due_at, with), row.about, row.about);
  return out;
}

std::optional<speech> of_alert(const clock_row& row, const setup& with, const store_reader& ledger) {
  const auto one = ledger.alert_by_ref(alert_ref{row.about});
  if (!one || one->state != alert_state::issued) return {};
  speech out;
  out.status = one->status;
  out.again = daily;
  const auto due = local(row.due_at, with);
  const auto steps =
      fmt::format("It stays in force until a person ends it. To go on with it: forewarn alerts review {0}, "
                  "or forewarn alerts update {0}. To end it: forewarn alerts stand-down {0}",
                  row.about);
  if (row.kind == clock_kind::review) {
    out.type = "alert.review_due";
    out.subject = fmt::format("Review due: alert {}: {}", row.about, one->content.headline);
    out.text = fmt::format("{}\n\nIts review was due {}. {}", one->content.headline, due, steps);
  } else if (row.kind == clock_kind::expiry) {
    out.type = "alert.expired";
    out.again = duration::max();
    out.subject = fmt::format("Expired: alert {}: {}", row.about, one->content.headline);
    out.text = fmt::format("{}\n\nWhat was sent says that it holds until {}. Nobody was told anything now. {}",
                           one->content.headline, due, steps);
  } else {
    out.type = "alert.second_review_due";
    out.at_night = true;
    out.level = level::red;
    out.again = with.panel->clocks.again;
    out.subject = fmt::format("OVERDUE: a second person has not looked at alert {}", row.about);
    out.text = fmt::format("{}\n\n{} released it alone; a second person was to look at it by {}.\n\nTo say that you "
                           "have: forewarn alerts review {} --who \"YOUR NAME\" --reason \"WHY\"",
                           one->content.headline, one->decided_by, due, row.about);
  }
  return out;
}

std::optional<speech> speech_of(const clock_row& row, const setup& with, const store_reader& ledger) {
  switch (row.kind) {
  case clock_kind::assess: return of_assessment(row, with, ledger);
  case clock_kind::reply: return of_reply(row, with, ledger);
  case clock_kind::review:
  case clock_kind::second_review:
  case clock_kind::expiry: return of_alert(row, with, ledger);
  }
  return {};
}

void speak(clock_row row, const setup& with, store& ledger, instant now) {
  const auto says = speech_of(row, with, ledger);
  if (!says) return of(ledger).stop_clock(row.kind, row.about);
  if (const auto at = next_business_hour(now, with.reference().local_zone, holidays_of(with));
      at > now && !says->at_night) {
    row.next_at = at;
    return of(ledger).save(row);
  }
  ++row.spoken;
  tell({says->type, fmt::format("{}|{}|{}", row.key(), format_rfc3339(row.due_at), row.spoken), says->subject,
        says->text, row.about, says->level, says->status, row.spoken > 1},
       with, ledger, now);
  audit::note(ledger, now, {audit::nobody, says->type, {row.about}, {}, {{"time", row.spoken}}});
  if (says->again == duration::max()) return of(ledger).stop_clock(row.kind, row.about);
  row.next_at = now + says->again;
  of(ledger).save(row);
}

} // namespace

instant assessment_due(instant from, bool risk_to_life, const setup& with) {
  const auto& how = with.panel->clocks;
  return risk_to_life ? from + how.risk_to_life : after_working(from, how.assess, with);
}

instant reply_due(instant from, const setup& with) {
  return after_working(from, with.panel->clocks.reply, with);
}

bool in_hours(instant now, const setup& with) {
  return in_business_hours(now, with.reference().local_zone, holidays_of(with));
}

void start(clock_kind kind, const std::string& about, instant due, store& ledger, instant now) {
  of(ledger).save(clock_row{kind, about, now, due, due, 0});
}

void watch(const alert& one, store& ledger, instant now) {
  const auto anew = [&](clock_kind kind, const std::optional<instant>& at) {
    if (at)
      start(kind, one.ref.str(), *at, ledger, now);
    else
      of(ledger).stop_clock(kind, one.ref.str());
  };
  anew(clock_kind::review, one.review_by);
  anew(clock_kind::expiry, one.expires_at);
}

void unwatch(const alert_ref& ref, store& ledger) {
  for (const auto kind : {clock_kind::review, clock_kind::expiry, clock_kind::second_review})
    of(ledger).stop_clock(kind, ref.str());
}

void await_second(const alert& one, const alerting::decision& by, const setup& with, store& ledger, instant now) {
  const auto due = now + with.panel->clocks.second_review;
  start(clock_kind::second_review, one.ref.str(), due, ledger, now);
  audit::note(ledger, now, {by.who, "alert.break_glass", {one.ref.str()}, by.reason, {{"version", one.version}}});
  tell({"alert.break_glass", fmt::format("alert.break_glass|{} v{}", one.ref.str(), one.version),
        fmt::format("Released by one person alone: {} alert {} to {}", to_text(one.level), one.ref.str(),
                    to_text(one.audience)),
        fmt::format("{}\n\n{} released it without a second person: {}\n\nA second person looks at it by {}: forewarn "
                    "alerts review {}",
                    one.content.headline, one.decided_by, by.reason, local(due, with), one.ref.str()),
        one.ref.str(), level::red, one.status, true},
       with, ledger, now);
}

void speak_due(const setup& with, store& ledger, instant now) {
  for (auto& row : of(ledger).clocks_due(now)) speak(std::move(row), with, ledger, now);
}

void tell(const panel_notice& what, const setup& with, store& ledger, instant now) {
  const bool drill = what.status != alert_status::actual;
  const auto type = drill ? "exercise.notice" : what.type;
  const auto subject = drill ? "EXERCISE: " + what.subject : what.subject;
  auto written = alerting::render_operator_notice(type, subject, what.text, now);
  written.about = what.about;
  written.thread = what.about;
  written.level = what.level;
  written.json = alerting::envelope(type, now,
                                    {{"status", to_text(what.status)},
                                     {"headline", subject},
                                     {"text", what.text},
                                     {"about", what.about},
                                     {"level", to_text(what.level)}});
  send(written, what.key, hearers(what, with, now), ledger, now);
}

} // namespace forewarn::panel
