// SPDX-License-Identifier: Apache-2.0
// `forewarn scan`: where, and over how many days, are there more cases than chance gives? One day or one day after the
// other, as it would have been live: nothing later than the day is looked at. Of files of cases and places, or of the
// deployment's own records by its own areas.
#include "daemon/commands/area_cases.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/past_records.hpp"
#include "daemon/commands/progress.hpp"
#include "daemon/commands/record_question.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/evaluate/on_all_cores.hpp"
#include "daemon/series/case_files.hpp"
#include "daemon/series/plain_series.hpp"
#include "rules/activity.hpp"
#include "rules/scan/cluster.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace json = boost::json;
using namespace detectors;

struct asked {
  std::string cases, places, observations, from, to, model = "permutation";
  record_question about{{}, {}, "ward"};
  std::size_t history = 365, clusters = 3;
  double recurrence = 0; // days
  scan_options by;
};

struct cluster_of_day {
  std::int32_t day = 0;
  scan_cluster what;
  scan_chance chance;
  std::vector<std::string> where;
};

outcome complain(const std::string& what, outcome how) {
  std::cerr << "forewarn scan: " << what << '\n';
  return how;
}

// The days up to `last`, at most `history` of them.
scan_counts counts_up_to(const scan_counts& all, std::size_t last, std::size_t history) {
  const auto days = std::min(history, last + 1), from = last + 1 - days;
  scan_counts out{all.places, days, {}};
  out.cases.reserve(all.places * days);
  for (std::size_t place = 0; place < all.places; ++place) {
    const auto row = all.cases.begin() + static_cast<std::ptrdiff_t>(place * all.days + from);
    out.cases.insert(out.cases.end(), row, row + static_cast<std::ptrdiff_t>(days));
  }
  return out;
}

// The best, then the next best that shares no place with one before.
std::vector<cluster_of_day> clusters_of(const space_time_scan& scan, const space_time_scan::found& found,
                                        const std::vector<std::string>& names, const asked& what, std::int32_t day) {
  auto by_llr = found.by_centre;
  std::stable_sort(by_llr.begin(), by_llr.end(), [](const auto& a, const auto& b) { return a.llr > b.llr; });
  std::vector<bool> taken(names.size(), false);
  std::vector<cluster_of_day> out;
  for (const auto& one : by_llr) {
    if (one.llr <= 0 || out.size() == what.clusters) break;
    const auto& zone = found.zones[one.centre];
    const auto end = zone.begin() + static_cast<std::ptrdiff_t>(one.places);
    if (std::any_of(zone.begin(), end, [&](auto place) { return taken[place]; })) continue;
    cluster_of_day told{day, one, scan.chance_of(found, one.llr), {}};
    for (auto place = zone.begin(); place != end; ++place) {
      taken[*place] = true;
      told.where.push_back(names[*place]);
    }
    if (told.chance.recurrence_days >= what.recurrence) out.push_back(std::move(told));
  }
  return out;
}

std::string places_words(const std::vector<std::string>& where) {
  constexpr std::size_t named = 5;
  std::string out;
  for (std::size_t i = 0; i < std::min(named, where.size()); ++i) out += (i > 0 ? ", " : "") + where[i];
  return where.size() > named ? fmt::format("{} and {} more", out, where.size() - named) : out;
}

void tell(const std::vector<cluster_of_day>& all, bool as_json) {
  if (as_json) {
    json::array out;
    for (const auto& one : all) {
      json::array where(one.where.begin(), one.where.end());
      out.push_back({{"day", series_file::day_text(one.day)},
                     {"days", one.what.days},
                     {"centre", one.where.front()},
                     {"places", std::move(where)},
                     {"observed", one.what.observed},
                     {"expected", one.what.expected},
                     {"llr", one.what.llr},
                     {"p", one.chance.p},
                     {"recurrence_days", one.chance.recurrence_days}});
    }
    std::cout << json::serialize(out) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : all)
    rows.push_back({series_file::day_text(one.day), fmt::format("{}", one.what.days),
                    fmt::format("{:.0f}", one.what.observed), fmt::format("{:.1f}", one.what.expected),
                    fmt::format("{:.2f}", one.what.llr), fmt::format("{:.2g}", one.chance.p),
                    rules::recurrence_words(one.chance.recurrence_days), places_words(one.where)});
  std::cout << as_table({"DAY", "LAST DAYS", "CASES", "EXPECTED", "LLR", "CHANCE", "ONCE IN", "PLACES"}, rows);
  if (rows.empty()) std::cout << "No cluster.\n";
}

// Position of a day among the counts; nothing after saying that it lies outside.
std::optional<std::size_t> position(const std::string& text, const char* option, const series_file::placed_cases& of,
                                    std::size_t otherwise) {
  if (text.empty()) return otherwise;
  const auto day = series_file::read_day_number(text);
  const auto last = of.first_day + static_cast<std::int32_t>(of.counts.days) - 1;
  if (day && *day >= of.first_day && *day <= last) return static_cast<std::size_t>(*day - of.first_day);
  (void)complain(fmt::format("{} {}: it is a day from {} to {}, where the cases lie", option, text,
                             series_file::day_text(of.first_day), series_file::day_text(last)),
                 outcome::usage);
  return {};
}

// The deployment's own records, by areas of its own tables; nothing after saying what was wrong, and how bad it is.
std::optional<area_cases> own_cases(const context& shared, const asked& what, outcome& wrong) {
  wrong = outcome::failed;
  const auto known = find_reference(shared, {}, reading_for::past);
  if (known.data == nullptr) {
    std::cerr << render(known.found, known.sources);
    return {};
  }
  if (!from_text<area_level>(what.about.by)) {
    wrong = complain(
        fmt::format("--by '{}': it is a level of area, one of {}", what.about.by, join_or(all_spellings<area_level>())),
        outcome::usage);
    return {};
  }
  const auto by = as_rule("scan", what.about, *known.data);
  if (!by) {
    wrong = outcome::usage;
    return {};
  }
  const auto past = past_records(shared, what.observations);
  if (!past) return {};
  auto out = cases_by_area(*by, rules::standing(past->taken), *known.data);
  if (out) return std::move(*out);
  (void)complain(out.error(), outcome::failed);
  return {};
}

std::optional<area_cases> cases_of(const context& shared, const asked& what, outcome& wrong) {
  if (what.cases.empty()) return own_cases(shared, what, wrong);
  auto read = series_file::read_cases(what.cases, what.places);
  if (read) return area_cases{std::move(*read), {}};
  wrong = complain(read.error(), outcome::failed);
  return {};
}

outcome run(const context& shared, const asked& what) {
  auto wrong = outcome::failed;
  const auto found_cases = cases_of(shared, what, wrong);
  if (!found_cases) return wrong;
  const auto* read = &found_cases->cases;
  if (what.by.model == scan_model::poisson && !read->has_population)
    return complain(what.places.empty()
                        ? std::string{"the Poisson model needs the population of every area, and some have none"}
                        : fmt::format("{}: the Poisson model needs a column 'population'", what.places),
                    outcome::failed);
  const auto last = position(what.to, "--to", *read, read->counts.days - 1);
  if (!last) return outcome::usage;
  const auto first = position(what.from, "--from", *read, *last);
  if (!first) return outcome::usage;
  if (*first > *last) return complain("--from comes after --to", outcome::usage);
  const auto scan = found_cases->neighbours.empty() ? space_time_scan{read->places, what.by}
                                                    : space_time_scan{read->places, found_cases->neighbours, what.by};
  const auto on_cores = [](std::size_t n, const std::function<void(std::size_t)>& job) {
    evaluate::run_on_all_cores(n, job);
  };
  std::vector<cluster_of_day> all;
  {
    progress_bar progress{*last - *first + 1, "days"};
    for (auto day = *first; day <= *last; ++day) {
      const auto found = scan.scan(counts_up_to(read->counts, day, what.history), on_cores);
      auto clusters = clusters_of(scan, found, read->names, what, read->first_day + static_cast<std::int32_t>(day));
      std::move(clusters.begin(), clusters.end(), std::back_inserter(all));
      progress.at(day - *first + 1);
    }
  }
  tell(all, shared.output == "json");
  return outcome::done;
}

constexpr auto help =
    "Cases: location,date[,count]. Places: location,x,y[,population] in any unit of length, or location,lat,long.\n"
    "ONCE IN: run every day, chance alone shows a cluster like this once in so long. A year and more is worth an "
    "alert,\n"
    "a hundred days a look. The permutation model needs no population, and takes weekdays, seasons and busy places "
    "into\n"
    "account. The same seed gives the same answer.\n"
    "Records are counted by incident and by the areas' centroids, or where they have none by which areas adjoin.\n"
    "Examples:\n"
    "  forewarn scan --kind ambulance --where 'substances: opioid' --by ward\n"
    "  forewarn scan --cases cases.csv --places wards.csv\n"
    "  forewarn scan --cases cases.csv --places wards.csv --from 2026-01-01 --recurrence 100 -o json\n"
    "  forewarn scan --cases cases.csv --places wards.csv --days 30 --radius 5";

} // namespace

void add_scan(CLI::App& root, context& shared) {
  auto* verb = root.add_subcommand("scan", "space-time clusters: where are more cases than chance gives, since when");
  const auto what = std::make_shared<asked>();
  auto* cases = verb->add_option("--cases", what->cases, "cases by place and day; default: the store's records")
                    ->type_name("CASES.csv");
  auto* places = verb->add_option("--places", what->places, "where those places lie")->type_name("PLACES.csv");
  cases->needs(places);
  places->needs(cases);
  verb->add_option("--observations", what->observations, "records as NDJSON, plain or gzipped; default: the store")
      ->type_name("FILE")
      ->excludes(cases);
  verb->add_option("--by", what->about.by, "of records: the level of area that is a place")
      ->capture_default_str()
      ->excludes(cases);
  verb->add_option("--kind", what->about.kinds, "of records: only these kinds")->type_name("KIND")->excludes(cases);
  verb->add_option("--where", what->about.where, "of records: only these, as in a rule: 'substances: opioid'")
      ->type_name("WHERE")
      ->excludes(cases);
  verb->add_option("--from", what->from, "scan each day from this one on; default: the last one alone")
      ->type_name("DAY");
  verb->add_option("--to", what->to, "the last day that is scanned; default: the last with a case")->type_name("DAY");
  verb->add_option("--days", what->by.most_days, "a cluster is no longer than that")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  verb->add_option("--history", what->history, "days, that one included, that it is compared with")
      ->capture_default_str()
      ->check(CLI::Range(8, 20'000));
  verb->add_option("--model", what->model, "permutation, or poisson (needs a population)")
      ->check(CLI::IsMember({"permutation", "poisson"}))
      ->capture_default_str();
  verb->add_option("--share", what->by.most_share, "of all cases (poisson: people) that a cluster may hold")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 1.0));
  verb->add_option("--radius", what->by.most_radius,
                   "of a cluster: in the places' unit, or km where they have lat,long")
      ->check(CLI::PositiveNumber);
  verb->add_option("--replicates", what->by.replicates, "random worlds that it is compared with")
      ->capture_default_str()
      ->check(CLI::Range(9, 100'000));
  verb->add_option("--seed", what->by.seed, "of those worlds")->capture_default_str();
  verb->add_option("--clusters", what->clusters, "at most so many a day, none sharing a place")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  verb->add_option("--recurrence", what->recurrence, "only what chance shows at most once in so many days")
      ->check(CLI::Range(0.0, 1e9))
      ->type_name("DAYS");
  verb->footer(help);
  verb->fallthrough();
  verb->callback([&shared, what] {
    what->by.model = what->model == "poisson" ? scan_model::poisson : scan_model::permutation;
    shared.result = run(shared, *what);
  });
}

} // namespace forewarn::commands
