// SPDX-License-Identifier: Apache-2.0
#include "daemon/commands/assessment_steps.hpp"

#include "daemon/commands/decide.hpp"
#include "daemon/commands/panel_words.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/panel/cases.hpp"
#include "daemon/panel/fields.hpp"
#include "daemon/panel/policy.hpp"

#include <fmt/format.h>

#include <iostream>
#include <memory>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct wishes {
  std::string ref, reason;
  std::int64_t version = 0;
  std::vector<std::string> of, criteria, answers;
  std::string question, says, note, matrix, outcome, level, override_reason;
};

json::array list_of(const std::vector<std::string>& words) {
  json::array out;
  for (const auto& word : words) out.emplace_back(word);
  return out;
}

outcome take(const wishes& these, const context& shared, const char* step, json::object body, const std::string& said) {
  put_seen(body, these.version);
  const auto answer = decide(shared, "/v1/assessments/" + these.ref + "/" + step, these.reason, std::move(body));
  if (!answer) return answer.error();
  if (shared.output != "json") std::cout << said << '\n';
  return outcome::done;
}

outcome ask(const wishes& these, const context& shared) {
  return take(these, shared, "ask", {{"of", list_of(these.of)}, {"question", these.question}},
              fmt::format("Asked. Write down what they say: forewarn assessments answer {} --from SERVICE --says ...",
                          these.ref));
}

outcome answer(const wishes& these, const context& shared) {
  return take(these, shared, "answer", {{"of", these.of.front()}, {"answer", these.says}, {"note", these.note}},
              fmt::format("Written down for {}.", these.of.front()));
}

outcome validate(const wishes& these, const context& shared) {
  return take(these, shared, "validate", {{"criteria", list_of(these.criteria)}},
              fmt::format("{} is validated. Next: forewarn assessments grade {}", these.ref, these.ref));
}

outcome print_matrices(const context& shared) {
  const auto all = load_configuration(shared.config_dir);
  if (!all.panel || all.panel->matrices.empty()) {
    std::cerr << "forewarn: there is no grading matrix; grading/ in the configuration holds them\n";
    return outcome::failed;
  }
  for (const auto& one : all.panel->matrices) {
    std::cout << fmt::format("{}: {}\n", one.id, one.title);
    if (!one.note.empty()) std::cout << "  " << one.note << '\n';
    for (const auto& axis : one.axes) {
      std::cout << fmt::format("\n  {}: {}\n", axis.id, axis.question);
      for (const auto& choice : axis.answers)
        std::cout << fmt::format("    --answer {}={}  {} ({}{})\n", axis.id, choice.id, choice.text, choice.score,
                                 choice.at_most ? fmt::format(", at most {}", to_text(*choice.at_most))
                                                : std::string{});
    }
    std::cout << '\n';
  }
  return outcome::done;
}

outcome grade(const wishes& these, const context& shared) {
  if (these.answers.empty()) return print_matrices(shared);
  json::object answers;
  for (const auto& one : these.answers) {
    const auto mark = one.find('=');
    if (mark == std::string::npos) {
      std::cerr << fmt::format("forewarn: --answer {}: write AXIS=ANSWER; without any --answer, the questions are "
                               "printed\n",
                               one);
      return outcome::usage;
    }
    answers[one.substr(0, mark)] = one.substr(mark + 1);
  }
  json::object body{
      {"matrix", these.matrix}, {"answers", std::move(answers)}, {"override_reason", these.override_reason}};
  if (!these.outcome.empty()) body["outcome"] = these.outcome;
  if (!these.level.empty()) body["level"] = these.level;
  put_seen(body, these.version);
  const auto came = decide(shared, "/v1/assessments/" + these.ref + "/grade", these.reason, std::move(body));
  if (!came) return came.error();
  if (shared.output == "json") return outcome::done;
  panel::grading said;
  std::string wrong;
  panel::read_fields(*came, said, wrong);
  std::cout << fmt::format("{}: {} {} by matrix '{}' ({}){}\n", these.ref, to_text(said.level), to_text(said.outcome),
                           said.matrix, said.because,
                           said.override_reason.empty() ? "" : "; overridden: " + said.override_reason);
  return outcome::done;
}

} // namespace

void print_case(const assessment& one, const stored& from) {
  const auto& kept = panel::of(*from.reader);
  const auto file = panel::file_of(one.ref, *from.reader);
  std::cout << fmt::format("step      {}\n", to_text(file.step));
  if (file.status != alert_status::actual) std::cout << fmt::format("status    {}\n", to_text(file.status));
  if (file.report) std::cout << fmt::format("report    {}\n", file.report->str());
  if (const auto clock = kept.clock_of(panel::clock_kind::assess, one.ref.str()))
    std::cout << fmt::format("due       {}{}\n", from.time(clock->due_at), file.risk_to_life ? " (risk to life)" : "");
  if (file.validated_at)
    std::cout << fmt::format("validated {}, {}: {}\n", file.validated_by, from.time(*file.validated_at), file.finding);
  if (file.first)
    std::cout << fmt::format("released  by {} alone so far: a second, different person says the same\n",
                             file.first->who);
  for (const auto& asked : kept.corroborations(one.ref))
    std::cout << fmt::format("asked     {}: {}{}\n", asked.of.str(), to_text(asked.answer),
                             asked.note.empty() ? "" : ": " + asked.note);
  for (const auto& graded : kept.gradings(one.ref))
    std::cout << fmt::format("graded    {} {}, {}, {} ({}){}\n", to_text(graded.level), to_text(graded.outcome),
                             graded.who, from.time(graded.at), graded.because,
                             graded.override_reason.empty() ? "" : "; overridden: " + graded.override_reason);
}

void print_next_steps(const assessment& one, const stored& from) {
  const auto file = panel::file_of(one.ref, *from.reader);
  if (file.report && !file.validated_at)
    std::cout << fmt::format("\nNext:\n  forewarn reports show {1}\n"
                             "  forewarn assessments ask {0} --of SERVICE --question \"...\" --reason \"WHY\"\n"
                             "  forewarn assessments validate {0} --criterion CRITERION --reason \"WHY\"\n"
                             "  forewarn assessments dismiss {0} --reason \"WHY\"\n",
                             one.ref.str(), file.report->str());
  else
    std::cout << fmt::format("\nTo decide:\n{1}  forewarn assessments issue {0} --reason \"WHY\"\n"
                             "  forewarn assessments issue {0} --outcome information_only --reason \"WHY\"\n"
                             "  forewarn assessments dismiss {0} --reason \"WHY\"\n",
                             one.ref.str(),
                             file.step < panel::case_step::graded
                                 ? fmt::format("  forewarn assessments grade {}\n", one.ref.str())
                                 : std::string{});
}

void put_case(json::object& into, const assessment& one, const stored& from) {
  const auto& kept = panel::of(*from.reader);
  into["case"] = panel::as_json(panel::file_of(one.ref, *from.reader));
  into["corroboration"] = panel::detail::written(kept.corroborations(one.ref));
  into["gradings"] = panel::detail::written(kept.gradings(one.ref));
}

void add_assessment_steps(CLI::App& assessments, context& shared) {
  const auto these = std::make_shared<wishes>();
  const auto part = [&](const char* name, const char* what, const char* example,
                        outcome (*act)(const wishes&, const context&)) {
    auto* out = assessments.add_subcommand(name, what);
    out->footer(std::string{"Example: "} + example);
    out->fallthrough();
    out->add_option("REF", these->ref, "reference, as in the list")->required();
    add_seen(*out, these->version);
    out->callback([act, these, &shared] { shared.result = act(*these, shared); });
    return out;
  };

  auto* asking = part("ask", "asks named services whether they can corroborate it; the question is sent as it stands",
                      "forewarn assessments ask A-2026-0042 --of duty-desk --of on-call --question 'Yellow tablets "
                      "sold as diazepam in the centre this week?' --why 'one report only'",
                      ask);
  asking->add_option("--of", these->of, "a service; again for more")->required()->expected(1)->take_all();
  asking->add_option("--question", these->question, "in the panel's own words")->required();
  add_reason(*asking, these->reason);

  auto* answering = part("answer", "writes down what one of them answered",
                         "forewarn assessments answer A-2026-0042 --from duty-desk --says corroborates --note 'two "
                         "people spoke of them'",
                         answer);
  answering->add_option("--from", these->of, "the service")->required()->expected(1);
  answering->add_option("--says", these->says, "corroborates, contradicts or knows_nothing")
      ->required()
      ->check(CLI::IsMember({"corroborates", "contradicts", "knows_nothing"}));
  answering->add_option("--note", these->note, "in their words");

  auto* validating =
      part("validate", "it is plausible and worth the panel's time: a report is accepted",
           "forewarn assessments validate A-2026-0042 --criterion harm --why 'two services confirm it'", validate);
  validating
      ->add_option("--criterion", these->criteria,
                   "admission criterion that it meets: harm, potency, misleading, trend")
      ->check(CLI::IsMember(all_spellings<panel::admission>()))
      ->expected(1)
      ->take_all();
  add_reason(*validating, these->reason);

  auto* grading = part("grade", "grades it by a matrix of grading/; without --answer, prints the questions",
                       "forewarn assessments grade A-2026-0042 --answer harm=acute --answer relevance=spreading "
                       "--answer evidence=several --answer novelty=stronger --answer effect=yes --why "
                       "'panel call 14:00'",
                       grade);
  grading->add_option("--matrix", these->matrix, "which; left out: the only one");
  grading->add_option("--answer", these->answers, "one for each question")
      ->type_name("AXIS=ANSWER")
      ->expected(1)
      ->take_all();
  grading->add_option("--outcome", these->outcome, "otherwise than the matrix says")
      ->check(CLI::IsMember(all_spellings<panel::panel_outcome>()));
  grading->add_option("--level", these->level, "otherwise than the matrix says")
      ->check(CLI::IsMember(all_spellings<level>()));
  grading->add_option("--override-reason", these->override_reason, "why otherwise");
  grading->add_option("--reason,--why", these->reason, "why, in a few words that still make sense next month")
      ->type_name("TEXT");
}

} // namespace forewarn::commands
