// SPDX-License-Identifier: Apache-2.0
// `forewarn tune`: one rule at many settings over one past: what each would have cost, and what it would have caught.
// Changes no file.
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/tuning/labelled_events.hpp"
#include "daemon/tuning/vary.hpp"
#include "rules/backtest.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

struct asked {
  std::string rule, rules, observations, events, from, to, format;
  std::vector<std::string> vary;
};

// A form of the rule with what became of it.
struct tried {
  tuning::rule_form form;
  tuning::running_cost cost;
  std::vector<std::optional<tuning::first_alert>> events; // in their order

  [[nodiscard]] const rules::rule* rule() const { return form.rules ? &form.rules->rules.front() : nullptr; }
};

struct all_tried {
  std::vector<tuning::knob> knobs;
  std::vector<tuning::labelled_event> events;
  std::vector<tried> forms;
  std::optional<instant> from, to;
  bool lateness_known = false;
};

std::optional<std::vector<tuning::labelled_event>> events_from(const std::string& path,
                                                               const reference_data& reference) {
  if (path.empty()) return std::vector<tuning::labelled_event>{};
  problems found;
  const auto files = read_files(path, {".csv"}, found);
  if (found.empty() && files.size() == 1) {
    auto read = tuning::read_events(files.front(), reference);
    if (read) return std::move(*read);
    found = read.error();
  } else if (found.empty()) {
    std::cerr << fmt::format("forewarn tune: --events {}: name one CSV file\n", path);
  }
  std::cerr << render(found, files);
  return {};
}

// The last part of each path, unless two knobs end alike.
std::vector<std::string> short_names(const std::vector<tuning::knob>& knobs) {
  const auto last = [](const std::string& path) { return path.substr(path.rfind('.') + 1); };
  std::vector<std::string> out;
  for (const auto& one : knobs) {
    const auto alike = std::count_if(knobs.begin(), knobs.end(),
                                     [&](const auto& other) { return last(other.path) == last(one.path); });
    const bool level = last(one.path) == "amber" || last(one.path) == "red" || last(one.path) == "info";
    out.push_back(alike > 1 || level ? one.path : last(one.path));
  }
  return out;
}

std::string lag_words(const std::optional<tuning::first_alert>& found, const zone& local) {
  if (!found) return "missed";
  const auto at = local.format(found->at).substr(0, 16);
  if (found->after < duration{})
    return fmt::format("{}, open {} before it began", at, tuning::rough_time(found->after));
  return fmt::format("{}, {} after it began", at, tuning::rough_time(found->after));
}

std::string as_text(const all_tried& all, const reference_data& reference) {
  const auto& local = reference.local_zone;
  std::vector<std::string> header{"SETTING"};
  for (const auto& name : short_names(all.knobs)) header.push_back(name);
  for (const auto* name : {"SIGNALS", "A YEAR", "DAYS OPEN", "A YEAR"}) header.emplace_back(name);
  if (!all.events.empty()) {
    header.emplace_back("EVENTS FOUND");
    header.emplace_back("OTHER SIGNALS");
  }
  std::vector<std::vector<std::string>> rows;
  std::string sentences;
  for (std::size_t i = 0; i < all.forms.size(); ++i) {
    const auto& one = all.forms[i];
    rows.push_back({std::to_string(i + 1)});
    auto& row = rows.back();
    row.insert(row.end(), one.form.values.begin(), one.form.values.end());
    if (one.rule() == nullptr) {
      row.emplace_back("refused");
      sentences += fmt::format("{:>4}  refused: {}\n", i + 1, one.form.refused);
      continue;
    }
    row.push_back(fmt::format("{}", one.cost.signals));
    row.push_back(fmt::format("{:.1f}", one.cost.signals_a_year));
    row.push_back(fmt::format("{:.1f}", one.cost.days_open));
    row.push_back(fmt::format("{:.1f}", one.cost.days_open_a_year));
    if (!all.events.empty()) {
      const auto found =
          std::count_if(one.events.begin(), one.events.end(), [](const auto& e) { return e.has_value(); });
      row.push_back(fmt::format("{} of {}", found, all.events.size()));
      row.push_back(fmt::format("{}", one.cost.beside));
    }
    sentences += fmt::format("{:>4}  {}\n", i + 1, one.rule()->sentence);
  }
  auto out = as_table(header, rows) + '\n' + sentences;
  for (std::size_t e = 0; e < all.events.size(); ++e) {
    const auto& event = all.events[e];
    out += fmt::format("\n{}{}: {} to {}\n", event.name, event.where.empty() ? "" : " (" + event.where + ")",
                       local.format(event.from).substr(0, 16), local.format(event.to).substr(0, 16));
    for (std::size_t i = 0; i < all.forms.size(); ++i)
      if (all.forms[i].rule() != nullptr)
        out += fmt::format("{:>4}  {}\n", i + 1, lag_words(all.forms[i].events[e], local));
  }
  if (all.from && all.to)
    out += fmt::format("\nReplayed from {} to {}; times are {}.\n", local.format(*all.from), local.format(*all.to),
                       local.name());
  if (!all.lateness_known)
    out += "No record says when it was received, so each counts as known the moment it happened:\n"
           "the times above are best cases; live, signals open later.\n";
  return out;
}

// 3.9, not 3.9000000001.
double rounded(double value) {
  return std::round(value * 10) / 10;
}

json::object as_json(const all_tried& all) {
  json::array settings;
  for (const auto& one : all.forms) {
    json::object values;
    for (std::size_t i = 0; i < all.knobs.size(); ++i) values[all.knobs[i].path] = one.form.values[i];
    json::object row{{"values", std::move(values)}};
    if (one.rule() == nullptr) {
      row["refused"] = one.form.refused;
      settings.push_back(std::move(row));
      continue;
    }
    json::array events;
    for (std::size_t e = 0; e < all.events.size(); ++e) {
      json::object event{{"event", all.events[e].name}, {"found", one.events[e].has_value()}};
      if (one.events[e]) {
        event["first_alert"] = format_rfc3339(one.events[e]->at);
        event["after_seconds"] = std::chrono::floor<std::chrono::seconds>(one.events[e]->after).count();
      }
      events.push_back(std::move(event));
    }
    row["sentence"] = one.rule()->sentence;
    row["hash"] = one.rule()->hash;
    row["signals"] = one.cost.signals;
    row["signals_per_year"] = rounded(one.cost.signals_a_year);
    row["days_open"] = rounded(one.cost.days_open);
    row["days_open_per_year"] = rounded(one.cost.days_open_a_year);
    row["other_signals"] = one.cost.beside;
    row["events"] = std::move(events);
    settings.push_back(std::move(row));
  }
  json::object out{{"settings", std::move(settings)}, {"lateness", all.lateness_known ? "known" : "unknown"}};
  if (all.from) out["from"] = format_rfc3339(*all.from);
  if (all.to) out["to"] = format_rfc3339(*all.to);
  return out;
}

std::optional<std::vector<tuning::knob>> knobs_of(const std::vector<std::string>& written) {
  std::vector<tuning::knob> out;
  for (const auto& text : written) {
    auto one = tuning::parse_knob(text);
    if (!one) {
      std::cerr << fmt::format("forewarn tune: --vary {}\n", one.error());
      return {};
    }
    out.push_back(std::move(*one));
  }
  return out;
}

// Every form of the rule; nothing after saying why there is none.
std::optional<all_tried> prepare(const asked& what, const reference_at_hand& known, std::vector<tuning::knob> knobs) {
  const std::vector<std::string> named = what.rules.empty() ? std::vector<std::string>{} : std::vector{what.rules};
  auto read = read_rule_files(known, named);
  std::erase_if(read.found, [](const problem& one) { return one.how != severity::error; });
  std::cerr << render(read.found, read.sources);
  if (has_errors(read.found) || !read.rules) return {};
  if (rule_named(*read.rules, what.rule) == nullptr) return {};
  all_tried out;
  out.knobs = std::move(knobs);
  auto events = events_from(what.events, *known.data);
  if (!events) return {};
  out.events = std::move(*events);
  problems unreadable;
  auto files = read_files(named.empty() ? known.config / "rules.d" : std::filesystem::path{what.rules},
                          {".yaml", ".yml"}, unreadable);
  auto forms = tuning::forms_of(what.rule, out.knobs, files, known.data);
  if (!forms) {
    std::cerr << "forewarn tune: " << forms.error() << '\n';
    return {};
  }
  for (auto& one : *forms) out.forms.push_back({std::move(one), {}, {}});
  if (std::none_of(out.forms.begin(), out.forms.end(), [](const tried& one) { return one.rule() != nullptr; })) {
    std::cerr << fmt::format("forewarn tune: no setting makes a rule that can be loaded; the first one: {}\n",
                             out.forms.front().form.refused);
    return {};
  }
  return out;
}

outcome run(const context& shared, const asked& what) {
  auto knobs = knobs_of(what.vary);
  if (!knobs) return outcome::usage;
  auto known = find_reference(shared, what.rules.empty() ? std::vector<std::string>{} : std::vector{what.rules},
                              reading_for::past);
  if (known.data == nullptr) {
    std::cerr << render(known.found, known.sources);
    return outcome::failed;
  }
  rules::backtest_options options;
  if (!read_option_time("--from", what.from, known.data->local_zone, options.from) ||
      !read_option_time("--to", what.to, known.data->local_zone, options.to))
    return outcome::usage;
  auto all = prepare(what, known, std::move(*knobs));
  if (!all) return outcome::failed;
  auto past = past_records(shared, what.observations);
  if (!past) return outcome::failed;
  options.turns = std::move(past->turns);
  options.purged = std::move(past->purged);
  {
    const auto records = past->taken.size();
    progress_bar progress{records * all->forms.size(), "records"};
    for (std::size_t i = 0; i < all->forms.size(); ++i) {
      auto& one = all->forms[i];
      if (one.rule() == nullptr) continue;
      const auto report = run_backtest(one.form.rules, past->taken, options, progress.from(i * records));
      one.cost = tuning::cost_of(report, all->events, options.from, *known.data);
      for (const auto& event : all->events) one.events.push_back(first_alert_of(event, report, *known.data));
      all->from = options.from ? options.from : report.first;
      all->to = report.last;
      all->lateness_known = report.lateness_known;
      progress.at((i + 1) * records);
    }
  }
  if ((what.format.empty() ? shared.output : what.format) == "json") {
    auto out = as_json(*all);
    out["rule"] = what.rule;
    out["records"] = past->taken.size();
    std::cout << json::serialize(out) << '\n';
  } else {
    std::cout << as_text(*all, *known.data);
  }
  return outcome::done;
}

} // namespace

void add_tune(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("tune", "one rule at many settings over one past: what each costs and catches");
  const auto what = std::make_shared<asked>();
  verb->add_option("RULE", what->rule, "the rule's id")->required();
  verb->add_option("--vary", what->vary,
                   "a place in the rule and its values: a range 2..8, or a list with commas. Given again, every "
                   "combination is run")
      ->required()
      ->type_name("PATH=VALUES")
      ->allow_extra_args(false);
  verb->add_option("--rules", what->rules, "rule files: a folder or a file; default: CONFIG/rules.d")
      ->type_name("PATH");
  verb->add_option("--observations", what->observations, "NDJSON, plain or gzipped; default: the store")
      ->type_name("FILE");
  verb->add_option("--events", what->events, "what really happened: CSV with event,from,to[,where]")->type_name("CSV");
  verb->add_option("--from", what->from, "leave out signals opened before; what happened before still counts")
      ->type_name("TIME");
  verb->add_option("--to", what->to, "stop there")->type_name("TIME");
  verb->add_option("--format", what->format, "table or json; default: as -o says")
      ->check(CLI::IsMember({"table", "json"}));
  verb->footer("Changes no file. docs/rules/tuning.md walks through choosing a setting.\n"
               "Example:\n"
               "  forewarn tune opioid-callouts-ward --vary detect.count.at_least.amber=2..5 \\\n"
               "      --vary detect.count.within=12h,24h,72h --observations past.ndjson --events events.csv");
  verb->fallthrough();
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
