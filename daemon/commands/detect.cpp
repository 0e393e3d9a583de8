// SPDX-License-Identifier: Apache-2.0
// `forewarn detect`: one detector on a plain series, verdict by verdict, as the rules would have it. Knows no feeds, no
// rules and no store.
#include "connectors/feed.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/series/plain_series.hpp"
#include "rules/detectors/method.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include <fmt/format.h>

namespace forewarn::commands {
namespace {

using detectors::method, detectors::setting, series_file::period_row, series_file::plain_series;

constexpr std::size_t most_complaints = 20;

struct asked {
  std::string method, series;
  std::vector<std::string> set;
};

// Standard input as it comes, a line at a time: whoever pipes rows is answered row by row.
std::size_t read_input(std::string& held, char* buffer, std::size_t size) {
  if (held.empty()) {
    if (!std::getline(std::cin, held)) return 0;
    if (!std::cin.eof()) held += '\n';
  }
  const auto taken = held.copy(buffer, size);
  held.erase(0, taken);
  return taken;
}

connectors::byte_source source_of(const std::string& path) {
  if (path != "-") return connectors::open_file(path);
  return [held = std::make_shared<std::string>()](char* buffer, std::size_t size) {
    return read_input(*held, buffer, size);
  };
}

std::string spelled(const std::optional<double>& value) {
  return value ? fmt::format("{:.17g}", *value) : std::string{};
}

// One verdict per period, in order; periods whose detector needs more of the series wait.
class teller {
public:
  teller(method by, bool json) : by_{std::move(by)}, json_{json} {}

  void header() const {
    if (!json_) std::cout << "period,count,expected,bound,score,alarm\n" << std::flush;
  }

  void take(const period_row& row) {
    of_.counts.push_back(row.count);
    if (row.population) of_.population.push_back(*row.population);
    if (row.day) of_.days.push_back(*row.day);
    periods_.push_back(row.period);
    if (of_.size() < by_.start) return;
    for (; told_ < of_.size(); ++told_) say(judge_period(by_, of_, told_));
    std::cout << std::flush;
  }

  void finish() {
    for (; told_ < of_.size(); ++told_) say({});
    std::cout << std::flush;
  }

private:
  void say(const detectors::verdict& told) const {
    const auto count = of_.counted(told_) ? std::optional{of_.counts[told_]} : std::nullopt;
    const auto& period = periods_[told_];
    if (!json_) {
      std::cout << fmt::format("{},{},{},{},{},{}\n", connectors::write_csv_record({period}), spelled(count),
                               spelled(told.expected), spelled(told.bound), spelled(told.score),
                               told.alarm ? (*told.alarm ? "1" : "0") : "");
      return;
    }
    const auto value = [](const std::optional<double>& one) { return one ? spelled(one) : std::string{"null"}; };
    std::cout << fmt::format(R"({{"period":{},"count":{},"expected":{},"bound":{},"score":{},"alarm":{}}})",
                             quoted(period), value(count), value(told.expected), value(told.bound), value(told.score),
                             told.alarm ? (*told.alarm ? "true" : "false") : "null")
              << '\n';
  }

  static std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const auto c : text) {
      if (c == '"' || c == '\\') out += '\\';
      if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
    return out + '"';
  }

  method by_;
  bool json_;
  detectors::series of_;
  std::vector<std::string> periods_;
  std::size_t told_ = 0;
};

void complain(const std::string& what) {
  std::cerr << "forewarn detect: " << what << '\n';
}

// A pipe: told as it comes, up to the first row that is wrong.
outcome stream(plain_series& rows, teller& out) {
  for (bool begun = false;; begun = true) {
    const auto row = rows.next();
    if (!row) {
      complain(row.error());
      return outcome::failed;
    }
    if (!begun) out.header();
    if (!*row) break;
    out.take(**row);
  }
  out.finish();
  return outcome::done;
}

// A file: nothing is told unless all of it can be read.
outcome whole(plain_series& rows, teller& out) {
  std::vector<period_row> all;
  std::size_t wrong = 0;
  while (true) {
    auto row = rows.next();
    if (!row) {
      if (++wrong <= most_complaints) complain(row.error());
      if (rows.broken()) break;
      continue;
    }
    if (!*row) break;
    all.push_back(std::move(**row));
  }
  if (wrong > most_complaints) complain(fmt::format("and {} rows more", wrong - most_complaints));
  if (wrong > 0) return outcome::failed;
  out.header();
  for (const auto& row : all) out.take(row);
  out.finish();
  return outcome::done;
}

std::optional<std::vector<setting>> settings_of(const std::vector<std::string>& given) {
  std::vector<setting> out;
  for (const auto& one : given) {
    const auto equals = one.find('=');
    if (equals == std::string::npos || equals == 0) {
      complain(fmt::format("--set '{}': it is key=value, as baseline=28", one));
      return {};
    }
    out.push_back({one.substr(0, equals), one.substr(equals + 1)});
  }
  return out;
}

outcome run(const context& shared, const asked& what) {
  const auto settings = settings_of(what.set);
  if (!settings) return outcome::usage;
  auto by = detectors::make_method(what.method, *settings);
  if (!by) {
    complain(by.error());
    return outcome::usage;
  }
  const bool piped = what.series == "-";
  if (!piped && !std::filesystem::is_regular_file(what.series)) {
    complain(fmt::format("--series {}: there is no such file; `-` reads standard input", what.series));
    return outcome::failed;
  }
  plain_series rows{source_of(what.series), piped ? "standard input" : what.series, by->wants_population};
  teller out{std::move(*by), shared.output == "json"};
  return piped ? stream(rows, out) : whole(rows, out);
}

std::string methods_help() {
  std::string out =
      "Columns of the series: period,count[,population]; one row per period, oldest first. A period is a\n"
      "date (2026-01-05) or anything else; an empty count is a period in which nothing was counted.\n"
      "Printed: period,count,expected,bound,score,alarm (1 or 0), empty where there is no value: the\n"
      "history is too short, or says nothing. An alarm is a count above the bound.\n\n"
      "Methods, and their options with defaults:\n";
  for (const auto& one : detectors::all_methods()) {
    out += fmt::format("  {}: {}\n    {}\n", one.name, one.does, one.columns);
    for (const auto& option : detectors::options_of(one.name)) {
      if (option.name == "min_count" || option.name == "min_history") continue;
      out += fmt::format("    {}={}: {}\n", option.name, option.standard, option.help);
    }
  }
  out +=
      "  all: min_count=1: the least count that may alarm; min_history=0: periods before the first that is judged\n\n"
      "Examples:\n"
      "  forewarn detect nb_multiwindow --series calls.csv\n"
      "  forewarn detect ears --set method=C2 --set baseline=28 --series calls.csv\n"
      "  forewarn detect farrington --set version=improved --set years=5 --series weekly.csv\n"
      "  tail -f calls.csv | forewarn detect cusum --series -";
  return out;
}

} // namespace

void add_detect(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("detect", "one statistical detector on a plain series of counts");
  const auto what = std::make_shared<asked>();
  verb->add_option("method", what->method, "which detector; see below")->required()->type_name("METHOD");
  verb->add_option("--series", what->series, "CSV; - reads standard input and answers row by row")
      ->required()
      ->type_name("FILE.csv");
  verb->add_option("--set", what->set, "an option of the method; may be said again")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  verb->footer(methods_help);
  verb->fallthrough();
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
