// SPDX-License-Identifier: Apache-2.0
#include "daemon/reporting/register.hpp"

#include "daemon/audit/note.hpp"
#include "daemon/reporting/span.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::reporting {
namespace {

constexpr std::size_t longest = 1'000;

std::optional<std::string> wrong_text(const char* part, const std::string& text, bool required) {
  if (required && trim(text).empty()) return fmt::format("'{}' must say something", part);
  if (utf8_length(text) > longest) return fmt::format("'{}' is longer than {} characters", part, longest);
  if (!is_valid_utf8(text)) return fmt::format("'{}' must be UTF-8 text", part);
  return {};
}

bool is_number(const std::string& text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() && std::isfinite(value);
}

} // namespace

result<panel::lesson, std::string> add_lesson(const lesson_wish& what, const std::string& who,
                                              const alerting::setup& with, store& ledger, instant now) {
  if (auto wrong = alerting::not_a_decision({who, "-"})) return failure(std::move(*wrong));
  if (auto wrong = wrong_text("lesson", what.text, true)) return failure(std::move(*wrong));
  if (auto wrong = wrong_text("owner", what.owner, true)) return failure(std::move(*wrong));
  const auto& local = with.reference().local_zone;
  if (const auto day = days_between(what.due, what.due, local); !day) return failure("due: " + day.error());
  if (what.due < day_of(now, local)) return failure(fmt::format("due: {} is past", what.due));
  if (!what.about.empty() && !ledger.alert_by_ref(alert_ref{what.about}))
    return failure(fmt::format("no alert '{}'; `forewarn alerts list --all` shows all", what.about));
  panel::lesson out;
  out.ref = panel::lesson_ref{alerting::next_reference("L", with.reference(), ledger, now)};
  out.text = std::string{trim(what.text)};
  out.owner = std::string{trim(what.owner)};
  out.due = what.due;
  out.about = what.about;
  out.added_at = now;
  out.added_by = std::string{trim(who)};
  panel::of(ledger).save(out);
  std::vector<std::string> subjects{out.ref.str()};
  if (!out.about.empty()) subjects.push_back(out.about);
  audit::note(ledger, now, {who, "lesson.added", std::move(subjects), {}, {{"due", out.due}, {"owner", out.owner}}});
  return out;
}

result<panel::lesson, std::string> finish_lesson(const panel::lesson_ref& ref, const alerting::decision& by,
                                                 store& ledger, instant now) {
  if (auto wrong = alerting::not_a_decision(by)) return failure(std::move(*wrong));
  for (auto& one : panel::of(ledger).lessons()) {
    if (one.ref != ref) continue;
    if (one.done_at) return failure(fmt::format("lesson {} was done by {} already", ref.str(), one.done_by));
    one.done_at = now;
    one.done_by = std::string{trim(by.who)};
    one.came_of_it = std::string{trim(by.reason)};
    panel::of(ledger).save(one);
    audit::note(ledger, now, {by.who, "lesson.done", {ref.str()}, by.reason, {}});
    return std::move(one);
  }
  return failure(fmt::format("no lesson '{}'; `forewarn lessons list --all` shows all", ref.str()));
}

result<panel::entered_figure, std::string> enter_figure(const figure_wish& what, const std::string& who,
                                                        const indicator_book& book, const alerting::setup& with,
                                                        store& ledger, instant now) {
  if (auto wrong = alerting::not_a_decision({who, "-"})) return failure(std::move(*wrong));
  if (auto wrong = wrong_text("note", what.note, false)) return failure(std::move(*wrong));
  const auto* about = book.find(what.indicator);
  if (about == nullptr || !std::holds_alternative<by_hand>(about->from)) {
    std::vector<std::string> known;
    for (const auto& one : book.all)
      if (std::holds_alternative<by_hand>(one.from)) known.push_back(one.id);
    return failure(fmt::format(
        "{} '{}'{}", about == nullptr ? "no indicator" : "nobody enters the indicator", what.indicator,
        known.empty() ? "; indicators.yaml has none with 'by_hand: true'" : "; entered by hand: " + join_and(known)));
  }
  const auto month = span_named(span_kind::month, what.month, with.reference().local_zone);
  if (!month) return failure("month: " + month.error());
  if (month->from > now) return failure(fmt::format("month: {} lies ahead", what.month));
  if (!is_number(what.value)) return failure(fmt::format("value: '{}' is no number such as 42 or 3.5", what.value));
  panel::entered_figure out{what.indicator, what.month, what.value, what.note, book.hash, now, std::string{trim(who)}};
  panel::of(ledger).append(out);
  audit::note(ledger, now, {who, "figure.entered", {out.indicator, out.month}, out.note, {{"value", out.value}}});
  return out;
}

} // namespace forewarn::reporting
