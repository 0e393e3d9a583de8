// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/explain_report.hpp"

#include "daemon/alerting/alert_json.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/panel/fields.hpp"
#include "daemon/panel/ledger.hpp"
#include "daemon/panel/reports.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <iostream>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct behind {
  panel::report report; // without its confidences
  std::optional<assessment> work;
  std::optional<panel::case_file> file;
  std::vector<panel::corroboration> asked;
  std::vector<panel::grading> gradings;
  std::vector<alert> versions;
  std::vector<panel::receiver> told;
  std::vector<audit::entry> steps;
};

std::optional<panel::report_ref> report_behind(const store_reader& from, const std::string& what) {
  const auto& kept = panel::of(from);
  if (kept.report_by_ref(panel::report_ref{what})) return panel::report_ref{what};
  auto work = assessment_ref{what};
  if (const auto one = from.alert_by_ref(alert_ref{what})) {
    if (!one->assessment) return {};
    work = *one->assessment;
  }
  const auto file = kept.case_of(work);
  return file ? file->report : std::nullopt;
}

bool known_then(instant at, const std::optional<instant>& as_of) {
  return !as_of || at <= *as_of;
}

behind gather(const store_reader& from, panel::report one, const std::optional<instant>& as_of) {
  const auto& kept = panel::of(from);
  behind out;
  std::vector<std::string> subjects{one.ref.str()};
  if (one.assessment) {
    out.work = from.assessment_by_ref(*one.assessment);
    out.file = kept.case_of(*one.assessment);
    out.asked = kept.corroborations(*one.assessment);
    out.gradings = kept.gradings(*one.assessment);
    subjects.push_back(one.assessment->str());
  }
  if (out.work && out.work->alert) {
    out.versions = kept.alert_versions(*out.work->alert);
    out.told = kept.receivers(*out.work->alert);
    subjects.push_back(out.work->alert->str());
  }
  std::erase_if(out.asked, [&](const auto& row) { return !known_then(row.asked_at, as_of); });
  std::erase_if(out.gradings, [&](const auto& row) { return !known_then(row.at, as_of); });
  std::erase_if(out.versions,
                [&](const auto& row) { return !known_then(row.issued_at.value_or(row.created_at), as_of); });
  if (out.versions.empty()) out.told.clear();
  kept.each_entry(0, [&](const audit::entry& line) {
    const bool ours = std::any_of(line.subjects.begin(), line.subjects.end(), [&](const std::string& subject) {
      return std::find(subjects.begin(), subjects.end(), subject) != subjects.end();
    });
    if (ours && known_then(line.at, as_of)) out.steps.push_back(line);
    return true;
  });
  out.report = panel::without_confidences(std::move(one));
  return out;
}

std::string words_of(const std::vector<panel::admission>& criteria) {
  std::vector<std::string> out;
  for (const auto one : criteria) out.emplace_back(to_text(one));
  return out.empty() ? "none yet" : join_and(out);
}

void say_panel(const behind& one, const stored& from) {
  if (one.file && one.file->validated_at)
    std::cout << fmt::format("Validated {} by {}: {}. Admission: {}.\n", from.time(*one.file->validated_at),
                             one.file->validated_by, one.file->finding, words_of(one.file->criteria));
  for (const auto& row : one.asked)
    std::cout << fmt::format("Asked {}: {}{}.\n", row.of.str(), to_text(row.answer),
                             row.note.empty() ? std::string{} : " (" + row.note + ")");
  for (const auto& row : one.gradings)
    std::cout << fmt::format("Graded {} by {} with '{}': {} {}, by {}.{}\n", from.time(row.at), row.who, row.matrix,
                             to_text(row.level), to_text(row.outcome), row.because,
                             row.override_reason.empty() ? std::string{}
                                                         : fmt::format(" The matrix said {} {}; otherwise because: {}.",
                                                                       to_text(row.computed_level),
                                                                       to_text(row.computed), row.override_reason));
  if (one.gradings.empty()) std::cout << "It was not graded.\n";
}

void say(const behind& one, const stored& from, const std::string& what, const std::optional<instant>& as_of) {
  const auto& report = one.report;
  std::cout << fmt::format("{}: rests on report {}\n", what, report.ref.str());
  if (as_of) std::cout << fmt::format("As of {}: what was said and done later is left out.\n", from.time(*as_of));
  std::cout << fmt::format("\n{}\n{} received {}; {}; {}.\n", report.title,
                           report.kind == panel::report_kind::alert ? "An alert from elsewhere," : "Intelligence,",
                           from.time(report.received_at), to_text(report.state),
                           report.from == panel::origin::local
                               ? std::string{"from here"}
                               : fmt::format("from {} {}", to_text(report.from), report.outside_ref));
  std::cout << "No rule found it. What it says, and who said it: forewarn reports show " << report.ref.str() << "\n\n";
  say_panel(one, from);
  for (const auto& version : one.versions)
    std::cout << fmt::format("\n{} v{}, {}, {}: {}\n  by {}: {}\n", version.ref.str(), version.version,
                             to_text(version.state), to_text(version.level), version.content.headline,
                             version.decided_by, version.reason);
  if (!one.told.empty()) {
    std::cout << "\nWho was told:\n";
    for (const auto& to : one.told)
      std::cout << fmt::format("  {} by {}: {}\n", to.service.str(), to.channel, to_text(to.state));
  }
  std::cout << "\nWhat was done:\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : one.steps) rows.push_back({"  " + from.time(line.at), line.who, line.what, line.why});
  std::cout << as_table({"  WHEN", "WHO", "WHAT", "WHY"}, rows);
}

json::object as_json(const behind& one, const std::optional<instant>& as_of) {
  json::array steps, versions;
  for (const auto& line : one.steps)
    steps.push_back({{"at", format_rfc3339(line.at)}, {"who", line.who}, {"what", line.what}, {"why", line.why}});
  for (const auto& version : one.versions) versions.push_back(alerting::as_json(version));
  json::object out{{"report", panel::as_json(one.report)},
                   {"corroboration", panel::detail::written(one.asked)},
                   {"gradings", panel::detail::written(one.gradings)},
                   {"sent_to", panel::detail::written(one.told)}};
  out["case"] = one.file ? json::value(panel::as_json(*one.file)) : json::value(nullptr);
  out["alert"] = std::move(versions);
  out["steps"] = std::move(steps);
  if (as_of) out["as_of"] = format_rfc3339(*as_of);
  return out;
}

} // namespace

std::optional<outcome> explain_report(const context& shared, const stored& from, const std::string& what,
                                      const std::optional<instant>& as_of) {
  const auto ref = report_behind(*from.reader, what);
  if (!ref) return {};
  auto report = panel::of(*from.reader).report_by_ref(*ref);
  if (!report) return {};
  if (as_of && *as_of < report->received_at) {
    std::cerr << fmt::format("forewarn explain: {} came only {}\n", ref->str(), from.time(report->received_at));
    return outcome::failed;
  }
  const auto all = gather(*from.reader, std::move(*report), as_of);
  if (shared.output == "json")
    std::cout << json::serialize(as_json(all, as_of)) << '\n';
  else
    say(all, from, what, as_of);
  return outcome::done;
}

} // namespace forewarn::commands
