// SPDX-License-Identifier: Apache-2.0
// `forewarn figures`: the reports for people who do not work the alerts: a month for the board, a week, call-outs, drug
// tests of a quarter. Reads the store; `enter` asks the daemon, which writes down who entered it.
#include "daemon/commands/decide.hpp"
#include "daemon/commands/note_read.hpp"
#include "daemon/commands/reporting.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/reporting/reports.hpp"
#include "forewarn/text.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

using reporting::report_kind;

struct wishes {
  reporting::wish what;
  std::string readers, of, format = "text", table, folder;
  std::string indicator, month, value, note;
};

outcome complain(const std::string& wrong, outcome how = outcome::failed) {
  std::cerr << "forewarn figures: " << wrong << '\n';
  return how;
}

void print_text(const reporting::document& made) {
  std::cout << fmt::format("{}: {}\n", made.title, made.covers);
  for (const auto& note : made.notes) std::cout << note << '\n';
  for (const auto& part : made.sections) {
    std::cout << fmt::format("\n{}\n", part.title);
    for (const auto& sentence : part.says) std::cout << sentence << '\n';
    if (!part.shown) continue;
    if (part.shown->rows.empty()) {
      std::cout << part.shown->when_empty << '\n';
      continue;
    }
    std::vector<std::string> header;
    for (const auto& column : part.shown->columns) header.push_back(column.title);
    std::cout << as_table(header, part.shown->rows);
  }
  std::cout << '\n' << made.made << '\n';
}

outcome write_files(const reporting::document& made, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto write = [&](const std::string& name, const std::string& text) {
    const auto path = folder / name;
    std::ofstream out{path, std::ios::binary};
    out << text;
    out.close();
    if (!out) return false;
    std::cout << path.string() << '\n';
    return true;
  };
  bool good = write(made.kind + ".html", reporting::as_html(made));
  for (const auto& part : made.sections)
    if (part.shown) good = good && write(fmt::format("{}-{}.csv", made.kind, part.id), reporting::as_csv(*part.shown));
  return good ? outcome::done : complain(fmt::format("cannot write into {}", folder.string()));
}

outcome print(const reporting::document& made, const wishes& these, const context& shared) {
  if (!these.folder.empty()) return write_files(made, these.folder);
  if (shared.output == "json") {
    std::cout << boost::json::serialize(reporting::as_json(made)) << '\n';
    return outcome::done;
  }
  if (these.format == "html") {
    std::cout << reporting::as_html(made);
    return outcome::done;
  }
  if (these.format == "text") {
    print_text(made);
    return outcome::done;
  }
  const auto* one = reporting::table_named(made, these.table);
  if (one == nullptr)
    return complain(fmt::format("--table must be {}", join_or(reporting::table_names(made))), outcome::usage);
  std::cout << reporting::as_csv(*one->shown);
  return outcome::done;
}

outcome show(const wishes& these, const context& shared) {
  const auto from = open_stored(shared);
  if (!from) return outcome::failed;
  const auto all = load_configuration(shared.config_dir);
  if (!all.usable()) {
    std::cerr << render(all.found, all.sources);
    return complain("the configuration has errors: mend them first");
  }
  auto what = these.what;
  if (!these.readers.empty()) what.readers = from_text<audience>(these.readers);
  if (!these.of.empty()) what.of = kind_id{these.of};
  alerting::setup with;
  with.rules = all.rules;
  with.services = all.services;
  with.words = all.words;
  with.panel = all.panel;
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  const auto made =
      reporting::make(what, reporting::indicators_among(all.sources, *all.reference), {*from->reader, with, now});
  if (!made) return complain(made.error(), outcome::usage);
  if (reporting::shows_persons(*made) &&
      !note_read(shared, "pseudonyms", made->title + ", " + made->covers, "read the table of people called to often"))
    return outcome::failed;
  return print(*made, these, shared);
}

outcome enter(const wishes& these, const context& shared) {
  const auto answer = decide(shared, "/v1/indicators/" + these.indicator + "/figures", these.note,
                             {{"month", these.month}, {"value", these.value}});
  if (!answer) return answer.error();
  if (shared.output != "json")
    std::cout << fmt::format("Written down: {} is {} in {}.\n", these.indicator, these.value, these.month);
  return outcome::done;
}

CLI::App* add_report_verb(CLI::App& verb, context& shared, report_kind kind, const char* what, const char* when,
                          const char* example) {
  const auto these = std::make_shared<wishes>();
  these->what.kind = kind;
  auto* one = verb.add_subcommand(std::string{to_text(kind)}, what);
  one->footer(std::string{"Example: "} + example);
  one->fallthrough();
  one->add_option(std::string{"--"} + when, these->what.when,
                  fmt::format("which {}; default: the last whole one", when))
      ->type_name(kind == report_kind::week       ? "YYYY-Www"
                  : kind == report_kind::bulletin ? "YYYY-Qn"
                                                  : "YYYY-MM");
  if (kind != report_kind::week)
    one->add_option("--audience", these->readers,
                    fmt::format("who reads it: decides how closely counts are said; default: {}",
                                to_text(reporting::usual_readers(kind))))
        ->check(CLI::IsMember(all_spellings<audience>()));
  if (kind == report_kind::callouts) {
    one->add_option("--from", these->what.first_day, "instead of a month: the first day")->type_name("YYYY-MM-DD");
    one->add_option("--to", these->what.last_day, "and the last")->type_name("YYYY-MM-DD");
    one->add_option("--kind", these->of, "another kind of record than ambulance")->type_name("KIND");
  }
  one->add_option("--format", these->format, "text, html or csv")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "html", "csv"}));
  one->add_option("--table", these->table, "which table of it as CSV; default: the first")->type_name("NAME");
  one->add_option("--out", these->folder, "write the page and every table as files into this folder")->type_name("DIR");
  one->callback([these, &shared] { shared.result = show(*these, shared); });
  return one;
}

} // namespace

void add_figures(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("figures", "reports: a month for the board, a week, call-outs, drug tests");
  verb->footer("Examples:\n  forewarn figures board --month 2026-10 --format html > board.html\n"
               "  forewarn figures week\n  forewarn figures callouts --from 2026-07-01 --to 2026-09-30 --out summer\n"
               "  forewarn figures bulletin --quarter 2026-Q3 --format csv --table found");
  verb->require_subcommand(1);
  verb->fallthrough();
  add_report_verb(*verb, shared, report_kind::board, "a month against the indicators", "month",
                  "forewarn figures board --month 2026-10 --format html > board.html");
  add_report_verb(*verb, shared, report_kind::week, "signals, alerts, how long it took, what nobody acts on, feeds",
                  "week", "forewarn figures week --week 2026-W47");
  add_report_verb(*verb, shared, report_kind::callouts, "call-outs by site and repeat caller", "month",
                  "forewarn figures callouts --month 2026-10 --audience services");
  add_report_verb(*verb, shared, report_kind::bulletin, "drug tests of a quarter", "quarter",
                  "forewarn figures bulletin --quarter 2026-Q3 --out bulletin");

  const auto these = std::make_shared<wishes>();
  auto* entering = verb->add_subcommand("enter", "writes down a figure of an indicator that nobody can count");
  entering->footer("Example: forewarn figures enter naloxone-kits --month 2026-10 --value 118 --why 'pharmacy return'");
  entering->fallthrough();
  entering->add_option("INDICATOR", these->indicator, "its id in indicators.yaml")->required();
  entering->add_option("--month", these->month, "of which month")->required()->type_name("YYYY-MM");
  entering->add_option("--value", these->value, "the number")->required()->type_name("NUMBER");
  entering->add_option("--reason,--why,--note", these->note, "where it is from")->required()->type_name("TEXT");
  entering->callback([these, &shared] { shared.result = enter(*these, shared); });
}

} // namespace forewarn::commands
