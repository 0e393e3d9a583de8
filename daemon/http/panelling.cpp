// SPDX-License-Identifier: Apache-2.0
// POST by the panel: reports, the steps of an assessment, the life of an alert. A body is one object; the panel's own
// functions say what is wrong with it.
#include "daemon/audit/note.hpp"
#include "daemon/http/deciding.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/http/views.hpp"
#include "daemon/panel/alert_steps.hpp"
#include "daemon/panel/cases.hpp"
#include "daemon/panel/fields.hpp"
#include "daemon/panel/reports.hpp"

#include <algorithm>
#include <iterator>

namespace forewarn::http {
namespace {

namespace json = boost::json;

response refused(const std::string& why) {
  return problem(409, "refused", why);
}

response wrong_body(const std::string& why) {
  return problem(400, "bad-value", why);
}

// Optional members of a body, read one by one; remembers the first that was wrong.
struct members {
  const json::object& body;
  std::string wrong = {};

  template <class Value> void operator()(std::string_view key, Value& into) {
    panel::detail::reader{body, wrong}(key, into);
  }
};

response report_answer(const result<panel::report, std::string>& came) {
  if (!came) return refused(came.error());
  auto out = ok(panel::as_json(panel::without_confidences(*came)));
  out.fields.emplace_back("ETag", fmt::format("\"{}\"", came->version));
  return out;
}

response alert_answer(const result<alert, std::string>& came) {
  if (!came) return refused(came.error());
  auto out = ok(view(*came));
  out.fields.emplace_back("ETag", fmt::format("\"{}\"", came->version));
  return out;
}

// What an accepted report makes is a record like any other.
panel::observer observer_of(desk_view& view) {
  return [&view](const observation& one) {
    row_batch batch;
    batch.feed = one.key.feed;
    batch.source = "panel";
    connectors::taken_row row;
    row.what = one;
    batch.rows.push_back(std::move(row));
    (void)view.take(batch);
  };
}

// A step on something that has a version: known, unchanged since the person looked, then `act`.
template <class Find, class Act>
boost::asio::awaitable<response> step_on(const api_parts& parts, request asked, std::string ref, Find find, Act act) {
  auto said = read_step(asked);
  if (!said) co_return said.error();
  auto step = std::make_shared<const person_step>(std::move(*said));
  co_return co_await decided(parts, [step, ref, find, act](desk_view& view) {
    const auto before = find(view.ledger, ref);
    if (!before) return problem(404, "not-found", fmt::format("there is no '{}'", ref));
    if (has_changed(step->version, before->version)) return changed_meanwhile(ref);
    return act(view, *step);
  });
}

auto find_report(const store_reader& ledger, const std::string& ref) {
  return panel::of(ledger).report_by_ref(panel::report_ref{ref});
}
auto find_assessment(const store_reader& ledger, const std::string& ref) {
  return ledger.assessment_by_ref(assessment_ref{ref});
}
auto find_alert(const store_reader& ledger, const std::string& ref) {
  return ledger.alert_by_ref(alert_ref{ref});
}

// The parts a person words, as the text that the panel reads.
std::string content_of(const json::object& body) {
  const auto* content = body.if_contains("content");
  return content == nullptr || content->is_null() ? std::string{} : json::serialize(*content);
}

struct wrong_or_time {
  std::optional<instant> at;
  std::string wrong;
};
// A time, or a length from now.
wrong_or_time time_in(const json::object& body, const char* key, instant now) {
  const auto text = text_of(body, key);
  if (!text) return {{}, fmt::format("'{}' must be text", key)};
  if (text->empty()) return {};
  if (const auto at = parse_rfc3339(*text)) return {at, {}};
  if (const auto length = parse_duration(*text)) return {now + *length, {}};
  return {{}, fmt::format("'{}' must be a time such as 2026-03-01T12:00:00Z, or a length such as 7d", key)};
}

response issue_step(desk_view& view_of, const assessment_ref& ref, const person_step& step) {
  alerting::issue_wish how;
  members in{step.body};
  in("outcome", how.outcome), in("level", how.level), in("audience", how.audience), in("advice", how.advice);
  in("break_glass", how.break_glass);
  if (!in.wrong.empty()) return wrong_body(in.wrong);
  how.content = content_of(step.body);
  const auto came = view_of.process.issue(ref, how, step.by, view_of.ledger, view_of.now);
  if (!came) return refused(came.error());
  if (came->issued) return ok(view(*came->issued));
  return ok({{"assessment", ref.str()}, {"waits", came->waits}});
}

response grade_step(desk_view& view, const assessment_ref& ref, const person_step& step) {
  panel::grade_wish how;
  members in{step.body};
  in("matrix", how.matrix), in("answers", how.answers), in("outcome", how.outcome), in("level", how.level);
  in("override_reason", how.override_reason);
  if (!in.wrong.empty()) return wrong_body(in.wrong);
  const auto came = panel::grade_case(ref, how, step.by, view.process.in_force(), view.ledger, view.now);
  return came ? ok(panel::as_json(*came)) : refused(came.error());
}

response update_step(desk_view& view, const alert_ref& ref, const person_step& step) {
  panel::update_wish how;
  members in{step.body};
  in("level", how.level), in("refresh", how.refresh), in("correction", how.correction), in("widen", how.widen);
  in("break_glass", how.break_glass);
  if (!in.wrong.empty()) return wrong_body(in.wrong);
  const auto review = time_in(step.body, "review_by", view.now);
  const auto ends = time_in(step.body, "expires", view.now);
  for (const auto* one : {&review, &ends})
    if (!one->wrong.empty()) return wrong_body(one->wrong);
  how.review_by = review.at;
  how.expires_at = ends.at;
  how.content = content_of(step.body);
  return alert_answer(panel::update(ref, how, step.by, view.process.in_force(), view.ledger, view.now));
}

response answer_actions_step(desk_view& view, const alert_ref& ref, const person_step& step) {
  panel::answer_wish what;
  std::int64_t action = 0;
  members in{step.body};
  in("service", what.service), in("action", action), in("answer", what.answer), in("note", what.note);
  if (!in.wrong.empty()) return wrong_body(in.wrong);
  if (what.service.empty() || action < 0)
    return wrong_body("'service' names who answers; 'action' is its number, or 0");
  what.action = static_cast<std::size_t>(action);
  const auto came = panel::answer_actions(ref, what, step.by.who, view.ledger, view.now);
  return came ? ok({{"reference", ref.str()}, {"answers", *came}}) : refused(came.error());
}

} // namespace

boost::asio::awaitable<response> enter_report(const api_parts& parts, request asked, words) {
  const auto said = read_step(asked);
  if (!said) co_return said.error();
  auto what = std::make_shared<panel::report>();
  std::string wrong;
  panel::read_fields(said->body, *what, wrong);
  if (!wrong.empty()) co_return wrong_body(wrong);
  co_return co_await decided(parts, [what, who = said->by.who](desk_view& view) {
    const auto came = panel::enter(*what, who, view.process.in_force(), view.ledger, view.now);
    auto out = report_answer(came);
    if (came) out.fields.emplace_back("Location", "/v1/reports/" + came->ref.str());
    return out;
  });
}

boost::asio::awaitable<response> add_to_report(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_report,
                 [ref = at.front()](desk_view& v, const person_step& step) {
                   const auto text = text_of(step.body, "text");
                   if (!text) return text.error();
                   return report_answer(panel::add_to(panel::report_ref{ref}, *text, step.by.who, v.process.in_force(),
                                                      v.ledger, v.now));
                 });
}

boost::asio::awaitable<response> reply_to_report(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_report,
                 [ref = at.front()](desk_view& v, const person_step& step) {
                   const auto text = text_of(step.body, "text");
                   if (!text) return text.error();
                   return report_answer(panel::reply(panel::report_ref{ref}, *text, step.by.who, v.ledger, v.now));
                 });
}

boost::asio::awaitable<response> read_report(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_report,
                 [ref = at.front()](desk_view& v, const person_step& step) {
                   const auto came = panel::read(panel::report_ref{ref}, step.by, v.ledger, v.now);
                   return came ? ok(panel::as_json(*came)) : refused(came.error());
                 });
}

boost::asio::awaitable<response> note_read(const api_parts& parts, request asked, words) {
  auto said = read_step(asked);
  if (!said) co_return said.error();
  auto step = std::make_shared<const person_step>(std::move(*said));
  const auto what = text_of(step->body, "what");
  const auto about = text_of(step->body, "about");
  for (const auto* one : {&what, &about})
    if (!*one) co_return one->error();
  if (what->empty() || about->empty()) co_return wrong_body("'what' was read, 'about' whom or what");
  co_return co_await decided(parts, [step, what = *what, about = *about](desk_view& view) {
    audit::note(view.ledger, view.now, {step->by.who, "read." + what, {about}, step->by.reason, {}});
    return ok({{"written_down", true}});
  });
}

boost::asio::awaitable<response> issue(const api_parts& parts, request asked, words at) {
  return step_on(
      parts, std::move(asked), at.front(), find_assessment,
      [ref = assessment_ref{at.front()}](desk_view& v, const person_step& step) { return issue_step(v, ref, step); });
}

boost::asio::awaitable<response> validate(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_assessment,
                 [ref = assessment_ref{at.front()}](desk_view& v, const person_step& step) {
                   std::vector<panel::admission> criteria;
                   members in{step.body};
                   in("criteria", criteria);
                   if (!in.wrong.empty()) return wrong_body(in.wrong);
                   const auto came =
                       panel::validate(ref, criteria, step.by, observer_of(v), v.process.in_force(), v.ledger, v.now);
                   return came ? ok(panel::as_json(*came)) : refused(came.error());
                 });
}

boost::asio::awaitable<response> ask_stakeholders(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_assessment,
                 [ref = assessment_ref{at.front()}](desk_view& v, const person_step& step) {
                   std::vector<service_id> of;
                   std::string question;
                   members in{step.body};
                   in("of", of), in("question", question);
                   if (!in.wrong.empty()) return wrong_body(in.wrong);
                   const auto came = panel::ask(ref, of, question, step.by, v.process.in_force(), v.ledger, v.now);
                   if (!came) return refused(came.error());
                   return ok({{"items", panel::detail::written(*came)}});
                 });
}

boost::asio::awaitable<response> answer_stakeholder(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_assessment,
                 [ref = assessment_ref{at.front()}](desk_view& v, const person_step& step) {
                   service_id of;
                   auto what = panel::said::nothing_yet;
                   std::string note;
                   members in{step.body};
                   in("of", of), in("answer", what), in("note", note);
                   if (!in.wrong.empty()) return wrong_body(in.wrong);
                   const auto came =
                       panel::answer(ref, of, what, note, step.by.who, v.process.in_force(), v.ledger, v.now);
                   return came ? ok(panel::as_json(*came)) : refused(came.error());
                 });
}

boost::asio::awaitable<response> grade(const api_parts& parts, request asked, words at) {
  return step_on(
      parts, std::move(asked), at.front(), find_assessment,
      [ref = assessment_ref{at.front()}](desk_view& v, const person_step& step) { return grade_step(v, ref, step); });
}

boost::asio::awaitable<response> update_alert(const api_parts& parts, request asked, words at) {
  return step_on(
      parts, std::move(asked), at.front(), find_alert,
      [ref = alert_ref{at.front()}](desk_view& v, const person_step& step) { return update_step(v, ref, step); });
}

boost::asio::awaitable<response> stand_down_alert(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_alert,
                 [ref = alert_ref{at.front()}](desk_view& v, const person_step& step) {
                   return alert_answer(panel::stand_down(ref, step.by, v.process.in_force(), v.ledger, v.now));
                 });
}

boost::asio::awaitable<response> retract_alert(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_alert,
                 [ref = alert_ref{at.front()}](desk_view& v, const person_step& step) {
                   return alert_answer(panel::retract(ref, step.by, v.process.in_force(), v.ledger, v.now));
                 });
}

boost::asio::awaitable<response> merge_alert(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_alert,
                 [ref = alert_ref{at.front()}](desk_view& v, const person_step& step) {
                   alert_ref into;
                   members in{step.body};
                   in("into", into);
                   if (!in.wrong.empty()) return wrong_body(in.wrong);
                   return alert_answer(panel::merge(ref, into, step.by, v.process.in_force(), v.ledger, v.now));
                 });
}

boost::asio::awaitable<response> review_alert(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_alert,
                 [ref = alert_ref{at.front()}](desk_view& v, const person_step& step) {
                   const auto next = time_in(step.body, "review_by", v.now);
                   if (!next.wrong.empty()) return wrong_body(next.wrong);
                   return alert_answer(panel::review(ref, next.at, step.by, v.ledger, v.now));
                 });
}

boost::asio::awaitable<response> answer_alert(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_alert,
                 [ref = alert_ref{at.front()}](desk_view& v, const person_step& step) {
                   return answer_actions_step(v, ref, step);
                 });
}

boost::asio::awaitable<response> evaluate_alert(const api_parts& parts, request asked, words at) {
  return step_on(parts, std::move(asked), at.front(), find_alert,
                 [ref = alert_ref{at.front()}](desk_view& v, const person_step& step) {
                   panel::evaluation what;
                   std::string wrong;
                   panel::read_fields(step.body, what, wrong);
                   if (!wrong.empty()) return wrong_body(wrong);
                   what.who = step.by.who;
                   const auto came = panel::evaluate(ref, std::move(what), v.ledger, v.now);
                   return came ? ok(panel::as_json(*came)) : refused(came.error());
                 });
}

} // namespace forewarn::http
