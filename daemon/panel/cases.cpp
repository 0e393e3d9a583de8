// SPDX-License-Identifier: Apache-2.0
#include "daemon/panel/cases.hpp"

#include "daemon/audit/note.hpp"
#include "daemon/panel/clocks.hpp"
#include "daemon/panel/reports.hpp"
#include "forewarn/text.hpp"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::panel {
namespace {

using alerting::decision;
using alerting::setup;

constexpr std::size_t longest_question = 2'000;

std::vector<std::string> subjects_of(const assessment& work, const case_file& file) {
  std::vector<std::string> out{work.ref.str()};
  if (file.report) out.push_back(file.report->str());
  if (!work.signal.empty()) out.push_back(work.signal.str());
  return out;
}

void touch(assessment& work, store& ledger) {
  ++work.version;
  ledger.save(work);
}

std::optional<std::string> wrong_stakeholder(const service_id& id, const case_file& file, const setup& with) {
  const auto* service = with.services->find(id);
  if (service == nullptr) {
    std::vector<std::string> known;
    for (const auto& one : with.services->services) known.push_back(one.id.str());
    return fmt::format("no service '{}'{}; `forewarn services list` shows all", id.str(), suggestion(id.str(), known));
  }
  if (service->exercise != (file.status != alert_status::actual))
    return fmt::format("{} is {}a service for exercises, and this is {}", id.str(), service->exercise ? "" : "not ",
                       to_text(file.status));
  return {};
}

void send_question(const corroboration& one, const assessment& work, const case_file& file, const setup& with,
                   store& ledger, instant now) {
  const bool drill = file.status != alert_status::actual;
  const auto text =
      fmt::format("{}\n\nThe local drug information panel asks this to find out whether something is so. It is no "
                  "alert: please do not pass it on.\n\nAnswer to the panel, with the reference {}: do you know "
                  "something that confirms it, something that speaks against it, or nothing?",
                  one.question, work.ref.str());
  auto written = alerting::render_operator_notice(
      drill ? "exercise.corroboration_asked" : "corroboration.asked",
      fmt::format("{}The panel asks: {}", drill ? "EXERCISE: " : "", work.ref.str()), text, now);
  written.about = work.ref.str();
  written.thread = work.ref.str();
  written.level = work.level;
  alerting::send(written, fmt::format("{}|{}|{}", written.type, work.ref.str(), format_rfc3339(now)),
                 {with.services->find(one.of)}, ledger, now);
}

std::optional<report> report_of(const case_file& file, const store_reader& ledger) {
  if (!file.report) return {};
  return of(ledger).report_by_ref(*file.report);
}

void accept(report& one, std::vector<admission> criteria, const observer& take, const setup& with, store& ledger) {
  one.state = report_state::accepted;
  one.criteria = std::move(criteria);
  ++one.version;
  of(ledger).save(one);
  // A drill is no observation: it would open signals, and stay in baselines.
  if (one.status == alert_status::actual && take) take(observed(one, with.reference()));
}

} // namespace

case_file file_of(const assessment_ref& ref, const store_reader& ledger) {
  if (auto file = of(ledger).case_of(ref)) return std::move(*file);
  case_file out;
  out.assessment = ref;
  return out;
}

result<std::vector<corroboration>, std::string> ask(const assessment_ref& ref, const std::vector<service_id>& whom,
                                                    const std::string& question, const decision& by, const setup& with,
                                                    store& ledger, instant now) {
  auto work = alerting::undecided(ref, by, ledger, with.reference());
  if (!work) return failure(work.error());
  auto file = file_of(ref, ledger);
  if (whom.empty()) return failure(std::string{"say whom to ask: one or more services"});
  if (trim(question).empty() || question.size() > longest_question || !is_valid_utf8(question))
    return failure(
        fmt::format("say what to ask, in UTF-8 and at most {} bytes; it is sent as it stands", longest_question));
  for (const auto& id : whom)
    if (auto wrong = wrong_stakeholder(id, file, with)) return failure(std::move(*wrong));
  if (const auto behind = report_of(file, ledger))
    if (const auto found = leak(*behind, question))
      return failure(fmt::format("not asked: {}. Put the question in the panel's own words", *found));
  std::vector<corroboration> out;
  boost::json::array names;
  for (const auto& id : whom) {
    corroboration one{ref, id, question, std::string{trim(by.who)}, now};
    of(ledger).save(one);
    send_question(one, *work, file, with, ledger, now);
    names.emplace_back(id.str());
    out.push_back(std::move(one));
  }
  if (file.step == case_step::received) file.step = case_step::validating;
  of(ledger).save(file);
  touch(*work, ledger);
  audit::note(ledger, now,
              {by.who, "assessment.asked", subjects_of(*work, file), by.reason, {{"of", std::move(names)}}});
  return out;
}

result<corroboration, std::string> answer(const assessment_ref& ref, const service_id& whom, said what,
                                          const std::string& note, const std::string& who, const setup& with,
                                          store& ledger, instant now) {
  auto work = alerting::undecided(ref, {who, "-"}, ledger, with.reference());
  if (!work) return failure(work.error());
  if (what == said::nothing_yet)
    return failure(std::string{"say whether it corroborates, contradicts or knows nothing"});
  for (auto& one : of(ledger).corroborations(ref)) {
    if (one.of != whom) continue;
    one.answer = what;
    one.answered_by = std::string{trim(who)};
    one.answered_at = now;
    one.note = note;
    of(ledger).save(one);
    touch(*work, ledger);
    audit::note(ledger, now, {who, "assessment.answered", {ref.str(), whom.str()}, {}, {{"answer", to_text(what)}}});
    return std::move(one);
  }
  return failure(fmt::format("{} was not asked about {}; `forewarn assessments ask` asks", whom.str(), ref.str()));
}

result<case_file, std::string> validate(const assessment_ref& ref, const std::vector<admission>& criteria,
                                        const decision& by, const observer& take, const setup& with, store& ledger,
                                        instant now) {
  auto work = alerting::undecided(ref, by, ledger, with.reference());
  if (!work) return failure(work.error());
  auto file = file_of(ref, ledger);
  if (file.validated_at)
    return failure(fmt::format("assessment {} was validated by {} already", ref.str(), file.validated_by));
  for (const auto one : criteria)
    if (std::find(file.criteria.begin(), file.criteria.end(), one) == file.criteria.end()) file.criteria.push_back(one);
  auto behind = report_of(file, ledger);
  if (behind && file.criteria.empty())
    return failure(fmt::format("report {} meets no admission criterion yet: name at least one of {}, or dismiss the "
                               "assessment",
                               behind->ref.str(), join_or(all_spellings<admission>())));
  file.step = std::max(file.step, case_step::validated);
  file.validated_at = now;
  file.validated_by = std::string{trim(by.who)};
  file.finding = std::string{trim(by.reason)};
  of(ledger).save(file);
  touch(*work, ledger);
  boost::json::array met;
  for (const auto one : file.criteria) met.emplace_back(to_text(one));
  audit::note(ledger, now,
              {by.who, "assessment.validated", subjects_of(*work, file), by.reason, {{"criteria", std::move(met)}}});
  if (behind && behind->state != report_state::accepted) accept(*behind, file.criteria, take, with, ledger);
  return file;
}

result<grading, std::string> grade_case(const assessment_ref& ref, const grade_wish& how, const decision& by,
                                        const setup& with, store& ledger, instant now) {
  auto work = alerting::undecided(ref, by, ledger, with.reference());
  if (!work) return failure(work.error());
  const auto& all = with.panel->matrices;
  if (all.empty()) return failure(std::string{"there is no grading matrix; grading/ in the configuration holds them"});
  std::vector<std::string> ids;
  for (const auto& one : all) ids.push_back(one.id);
  if (how.matrix.empty() && all.size() > 1) return failure(fmt::format("say by which matrix: {}", join_or(ids)));
  const auto* by_matrix = how.matrix.empty() ? &all.front() : with.panel->find(how.matrix);
  if (by_matrix == nullptr) return failure(fmt::format("no matrix '{}'{}", how.matrix, suggestion(how.matrix, ids)));
  const auto came = grade(*by_matrix, how.answers);
  if (!came) return failure(came.error());
  grading out;
  out.assessment = ref;
  out.at = now;
  out.who = std::string{trim(by.who)};
  out.reason = std::string{trim(by.reason)};
  out.matrix = by_matrix->id;
  out.matrix_hash = by_matrix->hash;
  out.answers = how.answers;
  out.score = came->score;
  out.computed = came->outcome;
  out.computed_level = came->level;
  out.because = came->because;
  out.outcome = how.outcome.value_or(came->outcome);
  out.level = how.level.value_or(came->level);
  const bool differs = out.outcome != out.computed || out.level != out.computed_level;
  if (differs && trim(how.override_reason).empty())
    return failure(fmt::format("the matrix says {} {} ({}): to say otherwise, say why (--override-reason)",
                               to_text(out.computed_level), to_text(out.computed), out.because));
  if (differs) out.override_reason = std::string{trim(how.override_reason)};
  of(ledger).append(out);
  auto file = file_of(ref, ledger);
  const bool skipped = !file.validated_at;
  file.step = case_step::graded;
  of(ledger).save(file);
  touch(*work, ledger);
  audit::note(ledger, now,
              {by.who,
               "assessment.graded",
               subjects_of(*work, file),
               by.reason,
               {{"matrix", out.matrix},
                {"score", out.score},
                {"computed", to_text(out.computed)},
                {"outcome", to_text(out.outcome)},
                {"level", to_text(out.level)},
                {"override", out.override_reason},
                {"not_validated_first", skipped}}});
  return out;
}

void close_case(const assessment& work, store& ledger) {
  of(ledger).stop_clock(clock_kind::assess, work.ref.str());
  auto file = file_of(work.ref, ledger);
  file.step = case_step::decided;
  of(ledger).save(file);
  auto behind = report_of(file, ledger);
  if (!behind || behind->state != report_state::received) return;
  behind->state = report_state::declined;
  ++behind->version;
  of(ledger).save(*behind);
}

} // namespace forewarn::panel
