// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/issuing.hpp"

#include "daemon/alerting/compose.hpp"
#include "daemon/alerting/history.hpp"
#include "daemon/audit/note.hpp"
#include "daemon/panel/cases.hpp"
#include "daemon/panel/clocks.hpp"
#include "daemon/panel/content_edit.hpp"
#include "daemon/panel/people.hpp"
#include "daemon/panel/reports.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::panel {
namespace {

using alerting::decision;
using alerting::issue_answer;
using alerting::issue_wish;
using alerting::setup;

// What is known when an assessment is issued: its file, its report or its signal, and the panel's last grading.
struct brief {
  assessment work;
  case_file file;
  std::optional<report> behind;
  std::optional<grading> graded;
};

result<alert_outcome, std::string> outcome_of(const brief& what, const issue_wish& how) {
  if (!what.graded) return how.outcome.value_or(alert_outcome::formal_alert);
  if (what.graded->outcome == panel_outcome::no_further_action)
    return failure(fmt::format("the panel graded {} as no further action: dismiss it, or grade it again and say why",
                               what.work.ref.str()));
  const auto graded = what.graded->outcome == panel_outcome::formal_alert ? alert_outcome::formal_alert
                                                                          : alert_outcome::information_only;
  if (how.outcome && *how.outcome != graded)
    return failure(fmt::format("the panel graded {} as {}: to issue it as {}, grade it again and say why",
                               what.work.ref.str(), to_text(graded), to_text(*how.outcome)));
  return graded;
}

// A report is told like a signal with one record: the same words, the same coarsening of places and numbers.
struct as_signal {
  rules::rule rule;
  alerting::signal_facts facts;
};

void describe(as_signal& out, const report& one, const brief& what, const issue_wish& how, const setup& with) {
  out.rule.id = rule_id{"report"};
  out.rule.title = one.title;
  out.rule.where = {rules::all_parts{}};
  out.rule.detector = rules::every_record_detector{};
  out.rule.alert.advice = how.advice.empty() ? "general" : how.advice;
  out.facts.rule = &out.rule;
  out.facts.evidence = {observed(one, with.reference())};
  auto& state = out.facts.state;
  state.level = what.work.level;
  state.window = {out.facts.evidence.front().occurred_at, out.facts.evidence.front().occurred_at};
  state.value = 1;
  state.bound = 1;
}

std::string who_says(const report& one) {
  switch (one.from) {
  case origin::local: return "Partner intelligence";
  case origin::natpsa: return "National Patient Safety Alert";
  case origin::ohid: return "Office for Health Improvement and Disparities";
  case origin::neighbour: return "A neighbouring area's alert";
  case origin::other: return "An alert from elsewhere";
  }
  return "Partner intelligence";
}

evidence_line corroborated(const report& one, const std::vector<corroboration>& asked) {
  const auto count = [&](said what) {
    return std::count_if(asked.begin(), asked.end(), [&](const corroboration& c) { return c.answer == what; });
  };
  evidence_line out{who_says(one), one.kind == report_kind::alert ? "1 alert" : "1 report"};
  if (!one.outside_ref.empty()) out.source += ' ' + one.outside_ref;
  if (asked.empty()) return out;
  out.text += fmt::format("; corroborated by {} of {} asked", count(said::corroborates), asked.size());
  if (const auto against = count(said::contradicts); against > 0)
    out.text += fmt::format(", contradicted by {}", against);
  return out;
}

// The alert as it would go out, without a reference.
result<alert, std::string> write(const brief& what, const issue_wish& how, alert_outcome outcome, const decision& by,
                                 const setup& with, const store_reader& ledger, instant now) {
  as_signal told;
  if (what.behind) {
    describe(told, *what.behind, what, how, with);
  } else {
    const auto state = ledger.signal_by_id(what.work.signal);
    if (!state)
      return failure(fmt::format("assessment {} is about signal {}, which is not stored", what.work.ref.str(),
                                 what.work.signal.str()));
    told.facts = alerting::facts_of(*state, with, ledger);
    alerting::add_history(told.facts, with, ledger);
  }
  if (told.facts.evidence.empty())
    return failure(fmt::format("no record stands behind signal {} any more: dismiss assessment {} instead",
                               what.work.signal.str(), what.work.ref.str()));
  alert out;
  out.status = what.file.status;
  out.outcome = outcome;
  out.state = alert_state::issued;
  out.audience = how.audience.value_or(alerting::audience_of(told.facts.rule));
  out.signal = what.work.signal;
  out.assessment = what.work.ref;
  out.rule = what.work.rule;
  out.created_at = now;
  out.issued_at = now;
  out.decided_by = trim(by.who);
  out.reason = trim(by.reason);
  alerting::write_alert(out, told.facts, with, now);
  if (what.graded) out.level = what.graded->level;
  if (how.level) out.level = *how.level;
  if (what.behind) {
    const auto line = corroborated(*what.behind, of(ledger).corroborations(what.work.ref));
    out.content.source = line.source;
    out.content.evidence = {line};
    out.content.kinds = {"report"};
    out.rule_hash.clear();
  }
  auto content = edited(out.content, how.content, *with.words, with.reference());
  if (!content) return failure(content.error());
  out.content = std::move(*content);
  out.content.instigator = out.decided_by;
  return out;
}

std::optional<std::string> leaks(const brief& what, const issue_wish& how, const alert& written) {
  if (!what.behind) return {};
  if (what.behind->may_be_shared == handling::with_conditions && how.content.find("\"headline\"") == std::string::npos)
    return fmt::format(
        "report {} has handling conditions, and none of its words may leave the panel: give the headline "
        "in the panel's own words (--set headline=...)",
        what.behind->ref.str());
  auto words = written.content.headline + '\n' + written.content.source + '\n' + written.reason + '\n' + how.content;
  for (const auto& line : written.content.evidence) words += '\n' + line.source + '\n' + line.text;
  const auto found = leak(*what.behind, words);
  if (!found) return {};
  return fmt::format("not issued: {}", *found);
}

// A second person who says nothing of their own says yes to what the first one said.
issue_wish as_first_said(const brief& what, const issue_wish& how) {
  const auto& first = what.file.first;
  if (!first || how.outcome || how.level || how.audience || !how.content.empty() || !how.advice.empty()) return how;
  issue_wish out = how;
  out.outcome = first->outcome;
  out.level = first->level;
  out.audience = first->audience;
  out.advice = first->advice;
  out.content = first->content;
  return out;
}

bool says_the_same(const first_word& first, const issue_wish& how, const alert& written) {
  return first.outcome == written.outcome && first.level == written.level && first.audience == written.audience &&
         first.advice == how.advice && first.content == how.content;
}

void ask_for_second(const brief& what, const alert& written, const setup& with, store& ledger, instant now) {
  tell({"alert.awaits_second", fmt::format("alert.awaits_second|{}|{}", what.work.ref.str(), format_rfc3339(now)),
        fmt::format("Needs a second person: red alert to {}: {}", to_text(written.audience), written.content.headline),
        fmt::format(
            "{0}\n\n{1} has released it: {2}\n\nNobody has received it. A second, different person reads it, and "
            "sends it: forewarn assessments show {3}, forewarn assessments issue {3} --who \"YOUR NAME\" "
            "--reason \"WHY\"",
            written.content.headline, written.decided_by, written.reason, what.work.ref.str()),
        what.work.ref.str(), level::red, written.status, false},
       with, ledger, now);
}

// Why the panel has to grade it before it goes out, save by break-glass.
std::optional<std::string> wants_grading(const brief& what, const alert& written, const setup& with, instant now) {
  if (what.graded || written.status != alert_status::actual) return {};
  if (is_for_the_public(written.audience))
    return fmt::format("nothing goes to {} before the panel has graded it: forewarn assessments grade {}",
                       to_text(written.audience), what.work.ref.str());
  if (!with.panel->professionals_alone_out_of_hours || written.audience <= audience::professionals ||
      in_hours(now, with))
    return {};
  return fmt::format("out of hours only professionals hear what the panel has not graded: issue it with "
                     "--audience professionals, or grade it first (forewarn assessments grade {}), or send it "
                     "to {} on your own word with --break-glass",
                     what.work.ref.str(), to_text(written.audience));
}

// Whose word is still missing; nothing where it may go out. Writes down the first word of two.
std::optional<std::string> waits_for(brief& what, const issue_wish& how, const alert& written, const decision& by,
                                     const setup& with, store& ledger, instant now) {
  const auto& first = what.file.first;
  const bool said = first && says_the_same(*first, how, written);
  if (said && !same_person(first->who, by.who)) return {};
  const auto next = fmt::format("a second, different person says the same: forewarn assessments issue {} --who \"THEIR "
                                "NAME\" --reason \"WHY\"",
                                what.work.ref.str());
  if (said) return fmt::format("{} has released it already; {}", first->who, next);
  what.file.first = first_word{written.decided_by, written.reason,   now,        written.outcome,
                               written.level,      written.audience, how.advice, how.content};
  of(ledger).save(what.file);
  ++what.work.version;
  ledger.save(what.work);
  ask_for_second(what, written, with, ledger, now);
  audit::note(ledger, now,
              {by.who,
               "alert.first_release",
               {what.work.ref.str()},
               by.reason,
               {{"level", to_text(written.level)}, {"audience", to_text(written.audience)}}});
  return fmt::format("a {} alert to {} goes out when {}", to_text(written.level), to_text(written.audience), next);
}

void write_down(const brief& what, const alert& written, const decision& by, bool alone, store& ledger, instant now) {
  std::vector<std::string> subjects{written.ref.str(), what.work.ref.str()};
  if (!what.work.signal.empty()) subjects.push_back(what.work.signal.str());
  if (what.behind) subjects.push_back(what.behind->ref.str());
  boost::json::array to;
  for (const auto& one : of(ledger).receivers(written.ref)) to.emplace_back(one.service.str() + '/' + one.channel);
  audit::note(ledger, now,
              {by.who,
               "alert.issued",
               std::move(subjects),
               by.reason,
               {{"version", written.version},
                {"outcome", to_text(written.outcome)},
                {"level", to_text(written.level)},
                {"audience", to_text(written.audience)},
                {"status", to_text(written.status)},
                {"step", to_text(what.file.step)}, // what was skipped shows in it
                {"first_release", what.file.first ? what.file.first->who : std::string{}},
                {"alone", alone},
                {"to", std::move(to)}}});
}

} // namespace

result<issue_answer, std::string> issue(const assessment_ref& ref, const issue_wish& wish, const decision& by,
                                        const setup& with, store& ledger, instant now) {
  auto work = alerting::undecided(ref, by, ledger, with.reference());
  if (!work) return failure(work.error());
  brief what{*work, file_of(ref, ledger), {}, {}};
  if (what.file.report) what.behind = of(ledger).report_by_ref(*what.file.report);
  if (auto all = of(ledger).gradings(ref); !all.empty()) what.graded = std::move(all.back());
  if (what.behind && what.behind->state != report_state::accepted)
    return failure(fmt::format("report {} was not validated yet: forewarn assessments validate {}",
                               what.behind->ref.str(), ref.str()));
  const auto how = as_first_said(what, wish);
  const auto outcome = outcome_of(what, how);
  if (!outcome) return failure(outcome.error());
  auto written = write(what, how, *outcome, by, with, ledger, now);
  if (!written) return failure(written.error());
  if (const auto wrong = leaks(what, how, *written)) return failure(*wrong);
  const auto glass = wants_grading(what, *written, with, now);
  if (glass && !how.break_glass) return failure(*glass);
  if (const auto wrong = alerting::obstacle(*written, false, with, now)) return failure("not issued: " + *wrong);
  const bool alone = how.break_glass && (glass || needs_second(*written));
  if (needs_second(*written) && !alone)
    if (auto waits = waits_for(what, how, *written, by, with, ledger, now)) return issue_answer{{}, std::move(*waits)};
  // Only now: a refusal must not use up a number that people will look for.
  written->ref = alert_ref{alerting::next_reference(with.reference_prefix, with.reference(), ledger, now)};
  alerting::release_alert(*written, false, with, ledger, now);
  ledger.save(*written);
  write_down(what, *written, by, alone, ledger, now);
  alerting::decide(what.work, assessment_state::issued, by, now);
  what.work.alert = written->ref;
  ledger.save(what.work);
  close_case(what.work, ledger);
  watch(*written, ledger, now);
  if (alone) await_second(*written, by, with, ledger, now);
  return issue_answer{std::move(*written), {}};
}

} // namespace forewarn::panel
