// SPDX-License-Identifier: Apache-2.0
// `forewarn evaluate`: how much detectors, or rules, would find, how soon, and at how many false alarms, on series of
// which it is known what happened in them. Changes no file.
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/evaluate/evaluation_text.hpp"
#include "daemon/evaluate/labelled_trials.hpp"
#include "daemon/evaluate/rule_contenders.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

using detectors::lateness, detectors::trial_design;

struct asked {
  std::vector<std::string> methods;
  detectors::trial_plan plan;
  std::string design = "daily";
  std::string late = "none", format, rules;
  std::string like = R"({"id": "1", "feed": "simulated", "kind": "ambulance", "substances": ["heroin"]})";
  double match = 1;
  bool groups = false;
  evaluate::labelled_files files;
  std::string write_to;
};

const std::map<std::string, lateness> lateness_named{{"none", lateness::none},
                                                     {"ignored", lateness::ignored},
                                                     {"awaited", lateness::awaited},
                                                     {"scaled", lateness::scaled}};

outcome complain(const std::string& what, outcome how) {
  std::cerr << "forewarn evaluate: " << what << '\n';
  return how;
}

result<std::vector<evaluate::contender>, std::string> methods_of(const asked& what) {
  const detectors::look_options by{lateness_named.at(what.late), true};
  auto names = what.methods;
  if (names.empty()) names = evaluate::usual_contenders(what.plan.design, by.late != lateness::none);
  std::vector<evaluate::contender> out;
  for (const auto& name : names) {
    auto one = evaluate::method_contender(name, by);
    if (!one) return failure(one.error());
    out.push_back(std::move(*one));
  }
  return out;
}

// A plain series does not say where its cases lie.
std::shared_ptr<const rules::rule_set> without_scans(const rules::rule_set& all) {
  auto out = std::make_shared<rules::rule_set>(all);
  std::erase_if(out->rules, [](const rules::rule& one) {
    if (!std::holds_alternative<rules::scan_detector>(one.detector)) return false;
    std::cerr << fmt::format(
        "forewarn evaluate: rule '{}' is left out: a scan needs to know where each case lies, and "
        "these series do not say; `forewarn simulate` and `forewarn backtest` show what it finds\n",
        one.id.str());
    return true;
  });
  return out;
}

// Nothing after saying what is wrong.
std::optional<std::vector<evaluate::contender>> rules_of(const context& shared, const asked& what) {
  const auto like = [&]() -> result<observation, std::string> {
    auto text = what.like;
    if (text.find("occurred_at") == std::string::npos && text.ends_with("}"))
      text.insert(text.size() - 1, R"(, "occurred_at": "2026-01-01T00:00:00Z")");
    return parse_observation(text);
  }();
  if (!like) {
    (void)complain(fmt::format("--like: {}", like.error()), outcome::usage);
    return {};
  }
  const auto rules = rules_from(find_reference(shared, {what.rules}, reading_for::past), what.rules);
  if (!rules) return {};
  auto placed = *like;
  if (!placed.ward && !placed.msoa && !placed.lsoa && !placed.lad && !placed.area) {
    const auto& areas = rules->reference->areas.rows();
    const auto ward =
        std::find_if(areas.begin(), areas.end(), [](const area& one) { return one.level == area_level::ward; });
    if (ward != areas.end()) placed.ward = ward->code;
  }
  return evaluate::rule_contenders(without_scans(*rules), placed);
}

std::string series_text(const asked& what, const evaluate::trials& on) {
  std::size_t outbreaks = 0;
  for (const auto& one : on.all) outbreaks += one.outbreaks.size();
  const auto judged = on.all.front().to - on.all.front().from + 1;
  const auto source = what.files.counts.empty() ? fmt::format("made up, seed {}", what.plan.seed) : what.files.counts;
  static const std::map<std::string, std::string> late_words{
      {"none", ""},
      {"ignored", ". Part of each day's cases comes a day later, and is not waited for"},
      {"awaited", ". Part of each day's cases comes a day later, and is waited for"},
      {"scaled", ". Part of each day's cases comes a day later; expectations are scaled by what is usually there, and "
                 "days looked at again"}};
  return fmt::format("{} series ({}), {} {}s of each judged, {} outbreaks{}", on.all.size(), source, judged, on.period,
                     outbreaks, late_words.at(what.late));
}

// What was asked for that does not go together; nothing where it does.
const char* contradiction(const asked& what) {
  const bool labelled = !what.files.counts.empty();
  if (labelled == what.files.truth.empty())
    return "--series and --truth belong together: the counts, and what happened in them";
  if (!labelled && !(what.files.from + what.files.to + what.files.quiet).empty())
    return "--from, --to and --quiet are of --series; made-up series are judged in their last year";
  if (labelled && !what.write_to.empty()) return "--write keeps series that are made up; these are files already";
  if (labelled && what.late != "none")
    return "--late is of made-up series; files say nothing of when a case became known";
  if (!what.rules.empty() && (what.late != "none" || !what.methods.empty()))
    return "--rules scores rules alone: without methods, and without --late";
  return nullptr;
}

outcome run(const context& shared, const asked& what) {
  if (const auto* wrong = contradiction(what)) return complain(wrong, outcome::usage);
  const bool labelled = !what.files.counts.empty();
  std::vector<evaluate::contender> all;
  if (what.rules.empty()) {
    auto found = methods_of(what);
    if (!found) return complain(found.error(), outcome::usage);
    all = std::move(*found);
  } else {
    auto found = rules_of(shared, what);
    if (!found) return outcome::failed;
    all = std::move(*found);
  }
  evaluate::trials on;
  if (labelled) {
    auto read = evaluate::read_labelled(what.files);
    if (!read) return complain(read.error(), outcome::failed);
    on = std::move(*read);
  } else {
    on = evaluate::make_trials(what.plan);
  }
  if (!what.rules.empty() && !evaluate::few_enough_cases(on))
    return complain(
        "the series hold more than a hundred million cases, and rules look at a record for each: score a part "
        "of them, or methods instead of rules",
        outcome::failed);
  if (!what.write_to.empty())
    if (const auto written = evaluate::write_labelled(on, what.write_to); !written)
      return complain("--write " + written.error(), outcome::failed);
  std::vector<evaluate::contender_score> scores;
  {
    progress_bar progress{on.all.size() * all.size(), "series"};
    scores = evaluate_all(on, all, {what.match, [&](std::size_t done) { progress.at(done); }});
  }
  const evaluate::heading over{series_text(what, on), what.match, what.groups};
  const auto format = what.format.empty() ? shared.output : what.format;
  std::cout << (format == "json"  ? evaluate::as_json(scores, on, over)
                : format == "csv" ? evaluate::as_csv(scores)
                                  : evaluate::as_table(scores, on, over));
  return outcome::done;
}

constexpr auto help =
    "A method is written with its settings, quoted: 'ears method=C2 baseline=28'; `forewarn detect --help` lists "
    "them.\n"
    "With behind=365 among them, as if records began so many periods before the first that is judged.\n"
    "Without one, the shipped detectors are compared. Beside each at its own settings, all are compared at limits "
    "that\n"
    "cost as many false episodes (--match), which alone is fair.\n"
    "--series COUNTS.csv has a column per series, the first being the period; --truth has the columns "
    "series,start,end,\n"
    "a row per outbreak, in the same periods; --quiet, where known, is COUNTS.csv without the outbreaks.\n"
    "Examples:\n"
    "  forewarn evaluate\n"
    "  forewarn evaluate outbreak_odds 'nb_multiwindow windows=1,2,3,5,7' --number 3000 --seed 7 --groups\n"
    "  forewarn evaluate outbreak_odds 'outbreak_odds behind=730'\n"
    "  forewarn evaluate nb_multiwindow --late scaled\n"
    "  forewarn evaluate --design weekly --number 420\n"
    "  forewarn evaluate farrington --series counts.csv --truth truth.csv --from 2025-01-06\n"
    "  forewarn evaluate --rules etc/rules.d/opioids.yaml --number 60";

} // namespace

void add_evaluate(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("evaluate", "how much detectors or rules find, how soon, at how many false alarms");
  const auto what = std::make_shared<asked>();
  verb->add_option("METHOD", what->methods, "a detector with its settings; several are compared");
  verb->add_option("--design", what->design, "made-up series: daily (0.1 to 5 calls a day) or weekly (42 scenarios)")
      ->check(CLI::IsMember({"daily", "weekly"}))
      ->capture_default_str();
  verb->add_option("--number", what->plan.series, "how many to make up, in whole rounds of 20 (daily) or 42 (weekly)")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  verb->add_option("--seed", what->plan.seed, "the same seed makes the same series")->capture_default_str();
  verb->add_option("--late", what->late,
                   "40 to 90 % of a day's cases are known on the day, the rest a day later: none (all at once), "
                   "ignored, awaited, scaled")
      ->check(CLI::IsMember({"none", "ignored", "awaited", "scaled"}))
      ->capture_default_str();
  verb->add_option("--match", what->match, "compare at so many false episodes a series and year; 0: do not")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  verb->add_flag("--groups", what->groups, "a line for each kind of outbreak and each mean too");
  verb->add_option("--write", what->write_to,
                   "keep the made-up series there, as --series, --quiet and --truth take them")
      ->type_name("FOLDER");
  verb->add_option("--series", what->files.counts, "series of your own")->type_name("COUNTS.csv");
  verb->add_option("--truth", what->files.truth, "what happened in them")->type_name("TRUTH.csv");
  verb->add_option("--quiet", what->files.quiet, "the same series without it")->type_name("QUIET.csv");
  verb->add_option("--from", what->files.from, "the first period that is judged")->type_name("PERIOD");
  verb->add_option("--to", what->files.to, "the last one")->type_name("PERIOD");
  verb->add_option("--rules", what->rules, "scores these rules, through the engine, instead of methods")
      ->type_name("PATH");
  verb->add_option("--like", what->like,
                   "what every record looks like that the rules are given; without a place, it lies in the "
                   "first ward there is")
      ->capture_default_str()
      ->type_name("JSON");
  verb->add_option("--format", what->format, "table, json or csv; default: as -o says")
      ->check(CLI::IsMember({"table", "json", "csv"}));
  verb->footer(help);
  verb->fallthrough();
  verb->callback([&shared, what] {
    what->plan.design = what->design == "weekly" ? trial_design::weekly : trial_design::daily;
    shared.result = run(shared, *what);
  });
}

} // namespace forewarn::commands
