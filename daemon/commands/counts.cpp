// SPDX-License-Identifier: Apache-2.0
// `forewarn counts`: how many, by a field, in the last days; and, with --usual, whether that is more than usual: beside
// the same length of time again and again before. Asks no rule; reads the store or a file.
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/record_question.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/tuning/nearness.hpp"
#include "rules/backtest.hpp"

#include "forewarn/text.hpp"
#include "forewarn/yaml.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;

constexpr std::size_t periods_before = 8;

struct asked {
  record_question about{{}, {}, "ward"};
  std::string last = "7d", observations, to;
  bool usual = false;
  std::size_t limit = 30;
};

struct counted_row {
  series_key series;
  double now = 0;
  std::vector<double> before; // the nearest first
};

std::vector<counted_row> count(const rules::rule& by, const std::vector<const observation*>& records,
                               const reference_data& reference, instant to, duration length, std::size_t periods) {
  std::vector<counted_row> out;
  for (const auto& [series, all] : rules::activity_of(by, records, reference).series) {
    std::vector<std::vector<const observation*>> parts(periods + 1);
    for (const auto* one : all) {
      if (one->occurred_at > to) continue;
      const auto back = static_cast<std::size_t>((to - one->occurred_at) / length);
      if (back <= periods) parts[back].push_back(one);
    }
    counted_row row{series, tuning::counted(by, parts[0]), {}};
    for (std::size_t i = 1; i <= periods; ++i) row.before.push_back(tuning::counted(by, parts[i]));
    const bool any = row.now > 0 || std::any_of(row.before.begin(), row.before.end(), [](double n) { return n > 0; });
    if (any) out.push_back(std::move(row));
  }
  return out;
}

double mean(const std::vector<double>& all) {
  double sum = 0;
  for (const auto one : all) sum += one;
  return all.empty() ? 0 : sum / static_cast<double>(all.size());
}

// The chance of this many or more, where `usual` are expected: what is left of a Poisson distribution.
double chance_of(double count, double usual) {
  if (count <= 0) return 1;
  double term = std::exp(-usual), below = 0;
  for (double k = 0; k < count; ++k) {
    below += term;
    term *= usual / (k + 1);
  }
  return std::max(0.0, 1 - below);
}

std::string verdict(const counted_row& row) {
  const auto usual = mean(row.before);
  const auto most = *std::max_element(row.before.begin(), row.before.end());
  const auto least = *std::min_element(row.before.begin(), row.before.end());
  if (usual <= 0) return "none before";
  if (row.now > most && chance_of(row.now, usual) < 0.001) return "far more than usual";
  if (row.now > most) return "more than in any before";
  if (row.now < least) return "fewer than in any before";
  return "as usual";
}

void say(const std::vector<counted_row>& all, const asked& what, const reference_data& reference, std::size_t periods) {
  std::vector<std::string> header{what.about.by.empty() ? "ALL" : what.about.by, "LAST " + what.last};
  if (periods > 0) {
    header.push_back(fmt::format("USUAL (MEAN OF {})", periods));
    header.emplace_back("LEAST TO MOST");
    header.emplace_back("SO");
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : all) {
    if (rows.size() == what.limit) break;
    rows.push_back({rules::series_text(one.series, reference), fmt::format("{:g}", one.now)});
    if (periods == 0) continue;
    const auto [least, most] = std::minmax_element(one.before.begin(), one.before.end());
    rows.back().push_back(fmt::format("{:.1f}", mean(one.before)));
    rows.back().push_back(fmt::format("{:g} to {:g}", *least, *most));
    rows.back().push_back(verdict(one));
  }
  if (rows.empty())
    std::cout << "Nothing of that in this time.\n";
  else
    std::cout << as_table(header, rows);
  if (all.size() > rows.size()) std::cout << fmt::format("and {} more; --limit shows them\n", all.size() - rows.size());
}

void write(const std::vector<counted_row>& all, instant from, instant to, std::size_t periods) {
  json::array out;
  for (const auto& one : all) {
    json::object series;
    for (const auto& [field, value] : one.series) series[field] = value;
    json::object row{{"series", std::move(series)}, {"count", one.now}};
    if (periods > 0) {
      row["before"] = json::array(one.before.begin(), one.before.end());
      row["usual"] = mean(one.before);
      row["so"] = verdict(one);
    }
    out.push_back(std::move(row));
  }
  std::cout << json::serialize(
                   json::object{{"from", format_rfc3339(from)}, {"to", format_rfc3339(to)}, {"counts", std::move(out)}})
            << '\n';
}

outcome run(const context& shared, const asked& what) {
  const auto known = find_reference(shared, {}, reading_for::past);
  if (known.data == nullptr) {
    std::cerr << render(known.found, known.sources);
    return outcome::failed;
  }
  const auto& reference = *known.data;
  const auto length = parse_duration(what.last);
  if (!length || *length <= duration{}) {
    std::cerr << fmt::format("forewarn counts: --last '{}' is not a duration such as 7d or 24h\n", what.last);
    return outcome::usage;
  }
  const auto by = as_rule("counts", what.about, reference);
  std::optional<instant> to;
  if (!by || !read_option_time("--to", what.to, reference.local_zone, to)) return outcome::usage;
  const auto past = past_records(shared, what.observations);
  if (!past) return outcome::failed;
  const auto records = rules::standing(past->taken);
  if (records.empty()) {
    std::cout << "Nothing of that in this time.\n";
    return outcome::done;
  }
  if (!to) to = records.back()->occurred_at;
  // Only whole periods that the past reaches back to say what is usual.
  const auto reach =
      static_cast<std::size_t>(std::max<std::int64_t>((*to - records.front()->occurred_at) / *length, 0));
  const auto periods = what.usual && reach > 0 ? std::min(periods_before, reach - 1) : 0;
  if (what.usual && periods == 0)
    std::cerr << fmt::format("forewarn counts: what is usual cannot be said: the records reach back less than two "
                             "times {}\n",
                             what.last);
  auto all = count(*by, records, reference, *to, *length, periods);
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.now > b.now; });
  if (shared.output == "json") {
    write(all, *to - *length, *to, periods);
    return outcome::done;
  }
  std::cout << fmt::format("After {}, up to {}:\n", reference.local_zone.format(*to - *length),
                           reference.local_zone.format(*to));
  say(all, what, reference, periods);
  return outcome::done;
}

} // namespace

void add_counts(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("counts", "how many incidents there were, by a field; is it worse than usual?");
  const auto what = std::make_shared<asked>();
  verb->add_option("--by", what->about.by,
                   "a field: ward, substances, setting, kind, feed, ...; '' counts all together")
      ->capture_default_str();
  verb->add_option("--last", what->last, "how far back")->capture_default_str()->type_name("DURATION");
  verb->add_flag("--usual", what->usual, "beside the same length of time, up to eight times, before");
  verb->add_option("--kind", what->about.kinds, "only these kinds of record")->type_name("KIND");
  verb->add_option("--where", what->about.where,
                   "only these, as in a rule: 'substances: opioid, setting: {not: prison}'")
      ->type_name("WHERE");
  verb->add_option("--to", what->to, "the end of it; default: the newest record")->type_name("TIME");
  verb->add_option("--limit", what->limit, "at most so many rows")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  verb->add_option("--observations", what->observations, "NDJSON, plain or gzipped; default: the store")
      ->type_name("FILE");
  verb->footer("Records of one incident count once.\n"
               "Examples:\n"
               "  forewarn counts --by ward --last 7d --usual\n"
               "  forewarn counts --by substances --last 30d --kind drug_test --usual");
  verb->fallthrough();
  verb->callback([&shared, what] { shared.result = run(shared, *what); });
}

} // namespace forewarn::commands
