// SPDX-License-Identifier: Apache-2.0
// `forewarn simulate`: a synthetic past of a city or a nation as its partners' files, by seed, and the truth about it.
#include "daemon/commands/command.hpp"
#include "daemon/commands/observation_file.hpp"
#include "daemon/settings.hpp"
#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/observe.hpp"
#include "daemon/simulate/past.hpp"
#include "forewarn/text.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

namespace fs = std::filesystem;

struct wishes {
  fs::path out;
  simulate::plan plan;
  int days = 14;
  std::string from, to, area, areas, observations;
  std::vector<std::string> outbreaks, outages;
  double calls_per_day = 0; // 0: by population and scale
};

std::string not_a_time(const char* option, const std::string& text) {
  return fmt::format("{} '{}' is not a day such as 2026-01-05 or a time such as 2026-01-18T21:00", option, text);
}

// From and to; or one of them and a number of days; or so many days up to now.
result<void, std::string> set_span(wishes& these, const zone& local) {
  auto& plan = these.plan;
  const auto span = std::chrono::days{these.days};
  if (these.to == "now") {
    const auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    plan.until = civil_time{std::chrono::floor<std::chrono::minutes>(local.to_civil(now))};
  } else if (!these.to.empty()) {
    const auto until = simulate::read_day_or_time(these.to);
    if (!until) return failure(not_a_time("--to", these.to));
    plan.until = *until;
  }
  if (!these.from.empty() || these.to.empty()) {
    const auto from = simulate::read_day(these.from.empty() ? "2026-01-05" : these.from);
    if (!from) return failure(not_a_time("--from", these.from));
    plan.from = *from;
    if (these.to.empty()) plan.until = plan.from + span;
  } else {
    plan.from = simulate::midnight(plan.until - std::chrono::seconds{1}) + std::chrono::days{1} - span;
  }
  if (plan.from >= plan.until) return failure(std::string{"--from is not before --to: nothing lies between them"});
  return {};
}

result<void, std::string> set_events(wishes& these) {
  const bool none = std::find(these.outbreaks.begin(), these.outbreaks.end(), "none") != these.outbreaks.end();
  if (these.outbreaks.empty()) these.outbreaks.emplace_back("strong-batch");
  for (const auto& text : these.outbreaks) {
    if (none) break;
    auto one = simulate::read_outbreak(text);
    if (!one) return failure(one.error());
    these.plan.outbreaks.push_back(std::move(*one));
  }
  for (const auto& text : these.outages) {
    auto one = simulate::read_outage(text);
    if (!one) return failure(one.error());
    these.plan.outages.push_back(std::move(*one));
  }
  return {};
}

result<std::optional<area_code>, std::string> find_root(const wishes& these, const reference_data& known) {
  if (these.area.empty()) return these.areas.empty() ? known.root_area : std::optional<area_code>{};
  const auto named = known.areas.named(these.area);
  if (named.empty())
    return failure(
        fmt::format("no area is called '{}'{}", these.area, suggestion(these.area, known.areas.all_words())));
  if (named.size() > 1) return failure(fmt::format("several areas are called '{}': give the code of one", these.area));
  return std::optional{known.areas.row(named.front()).code};
}

// The configuration's reference data, with another area table where one is given.
std::shared_ptr<reference_data> reference_of(const wishes& these, const context& shared) {
  problems found;
  std::vector<source_text> sources;
  auto out = std::make_shared<reference_data>(*load_reference(shared.config_dir, found, sources));
  if (!these.areas.empty()) {
    const auto files = read_files(these.areas, {".yaml", ".yml"}, found);
    out->areas = parse_areas(files, found);
    sources.insert(sources.end(), files.begin(), files.end());
  }
  std::cerr << render(found, sources);
  if (has_errors(found)) return nullptr;
  return out;
}

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream out;
  out.exceptions(std::ios::failbit | std::ios::badbit);
  out.open(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
}

// The feeds as configured, with the invented sites beside the real ones. Pseudonyms are made with a key of the seed, so
// that the same seed gives the same file.
std::optional<std::vector<connectors::feed>> feeds_of(const context& shared, const wishes& these,
                                                      std::shared_ptr<reference_data> known, const std::string& sites) {
  problems found;
  auto invented = parse_sites({{"sites.yaml", sites}}, known->areas, found);
  known->sites.insert(known->sites.end(), invented.begin(), invented.end());
  const auto files = read_files(shared.config_dir / "feeds.d", {".yaml", ".yml"}, found);
  auto loaded = connectors::load_feeds(files, std::move(known),
                                       {sensitive<std::string>{fmt::format("simulated {}", these.plan.seed)}});
  found.insert(found.end(), loaded.found.begin(), loaded.found.end());
  std::cerr << render(found, files);
  if (has_errors(found)) return {};
  return std::move(loaded.feeds);
}

void say(const wishes& these, const simulate::setting_of_past& of, const simulate::past_truth& done,
         const area_table& areas, const context& shared) {
  if (shared.output == "json") {
    boost::json::object rows;
    for (const auto& [feed, counts] : done.by_feed) rows[feed] = counts.rows;
    std::cout << boost::json::serialize(boost::json::object{
                     {"folder", these.out.string()}, {"files", done.by_file.size()}, {"rows", std::move(rows)}})
              << '\n';
    return;
  }
  std::cout << fmt::format("{} files in {}, of {:.0f} residents, {} to {}:\n", done.by_file.size(), these.out.string(),
                           of.land.population, simulate::day_first(of.wanted.from),
                           simulate::day_first(of.wanted.until));
  for (const auto& [feed, n] : done.by_feed)
    std::cout << fmt::format("  {:<12}{:>8} rows: {} late, {} revised, {} sent twice, {} cancelled, {} unusable\n",
                             feed, n.rows, n.late, n.revised, n.duplicate, n.cancelled, n.unusable);
  for (const auto& one : of.outbreaks)
    std::cout << fmt::format("  hidden in them: {}, {} cases from {} in {}{}\n", one.kind, one.incidents.size(),
                             simulate::day_first(one.from), areas.row(of.land.places[one.place].area).name,
                             one.samples.empty() ? "" : ", and what the laboratory found: " + one.drug);
  std::cout << "truth.json knows all of it; sites.yaml has the invented sites\n";
}

outcome complain(const std::string& why) {
  std::cerr << "forewarn simulate: " << why << '\n';
  return outcome::failed;
}

outcome write_past(const wishes& these, const simulate::setting_of_past& of,
                   const std::shared_ptr<reference_data>& known, const context& shared) {
  const auto sites = sites_as_yaml(of.land, known->areas);
  const auto& local = known->local_zone;
  simulate::past_truth truth;
  const auto play = [&](const simulate::post_office::receiver& also) {
    truth = simulate::play(of, local, [&](const simulate::sent_file& file) {
      write_file(these.out / file.feed / file.name, file.text);
      if (also) also(file);
    });
  };
  if (these.observations.empty()) {
    play({});
  } else {
    auto feeds = feeds_of(shared, these, known, sites);
    if (!feeds) return outcome::failed;
    const auto written = write_observations(these.observations, [&](const observation_writer& write) {
      simulate::observer reader{*feeds, local, write};
      play([&](const simulate::sent_file& file) { reader.read(file); });
      for (const auto& why : reader.complaints()) std::cerr << "forewarn simulate: " << why << '\n';
    });
    if (!written) return complain(written.error());
    std::cerr << fmt::format("forewarn: {} observations written to {}\n", *written, these.observations);
  }
  write_file(these.out / "sites.yaml", sites);
  write_file(these.out / "truth.json", truth_as_json(of, truth, known->areas, local));
  say(these, of, truth, known->areas, shared);
  return outcome::done;
}

outcome run(wishes& these, const context& shared) {
  const auto known = reference_of(these, shared);
  if (known == nullptr) return outcome::failed;
  if (const auto span = set_span(these, known->local_zone); !span) return complain(span.error());
  if (const auto events = set_events(these); !events) return complain(events.error());
  const auto root = find_root(these, *known);
  if (!root) return complain(root.error());
  auto past = simulate::prepare(these.plan, known->areas, *root, known->local_zone);
  if (!past) return complain(past.error());
  if (these.calls_per_day > 0) past->wanted.scale = simulate::scale_for(these.calls_per_day, past->land.population);
  try {
    return write_past(these, *past, known, shared);
  } catch (const std::exception& broken) {
    return complain(fmt::format("cannot write to '{}': {}", these.out.string(), broken.what()));
  }
}

std::string kinds_text() {
  std::string out = "Outbreaks, each KIND or KIND,area=WARD,at=TIME,cases=N,hours=N,drug=NAME:\n";
  for (const auto& kind : simulate::outbreak_kinds)
    out += fmt::format("  {:<14}{} ({} cases in {} hours)\n", kind.name, kind.what, kind.cases, kind.hours);
  return out;
}

void add_span(CLI::App& verb, wishes& these) {
  verb.add_option("--from,--start", these.from, "first day; default 2026-01-05")->type_name("DATE");
  verb.add_option("--to,--until", these.to, "nothing happens at or after this; or 'now'")->type_name("TIME");
  verb.add_option("--days", these.days, "how many days, where --from or --to is left out")
      ->capture_default_str()
      ->check(CLI::Range(1, 36600));
}

void add_amount(CLI::App& verb, wishes& these) {
  verb.add_option("--area", these.area, "a name or code of areas/; default: the root area of forewarn.yaml")
      ->type_name("AREA");
  verb.add_option("--areas", these.areas, "another area table instead of areas/")->type_name("PATH");
  verb.add_option("--scale", these.plan.scale, "times the usual rate of every record")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e5));
  verb.add_option("--calls-per-day", these.calls_per_day, "instead of --scale: emergencies with an ambulance a day")
      ->check(CLI::Range(0.001, 1e7));
  verb.add_option("--call-outs-every", these.plan.call_outs_every, "minutes from one file of call-outs to the next")
      ->default_str("1440")
      ->check([](const std::string& text) {
        constexpr std::array whole{"5", "10", "15", "30", "60", "120", "240", "360", "720", "1440"};
        return std::find(whole.begin(), whole.end(), text) == whole.end()
                   ? std::string{"one of 5, 10, 15, 30, 60, 120, 240, 360, 720 or 1440 minutes"}
                   : std::string{};
      });
  verb.add_option("--feeds", these.plan.feeds, "only these, parted by commas; default: all")
      ->delimiter(',')
      ->check(CLI::IsMember(std::vector<std::string>{simulate::feed_ids.begin(), simulate::feed_ids.end()}));
}

} // namespace

void add_simulate(CLI::App& root, context& shared) {
  auto these = std::make_shared<wishes>();
  auto* verb =
      root.add_subcommand("simulate", "write a synthetic past as partners' files, by seed, with known outbreaks");
  verb->add_option("--out", these->out, "folder to write to: one folder per feed, truth.json, sites.yaml")
      ->required()
      ->type_name("DIR");
  verb->add_option("--seed", these->plan.seed, "the same seed writes the same bytes")->capture_default_str();
  add_span(*verb, *these);
  add_amount(*verb, *these);
  verb->add_option("--outbreak", these->outbreaks,
                   "a known event to hide, or 'none'; may be repeated; default strong-batch")
      ->type_name("KIND");
  verb->add_option("--outage", these->outages, "FEED,from=TIME,until=TIME: a feed that is silent; may be repeated")
      ->type_name("FEED");
  verb->add_option("--observations", these->observations,
                   "also write what feeds.d makes of the files, as NDJSON that backtest reads")
      ->type_name("NDJSON");
  verb->footer(kinds_text() +
               "Everything is drawn by chance; nothing stems from a real person or place.\n"
               "Examples:\n"
               "  forewarn simulate --config etc --out city --seed 7 --days 14 --outbreak strong-batch,area=Armley\n"
               "  forewarn simulate --config etc --out year --from 2025-01-01 --to 2026-01-01 --outbreak none \\\n"
               "      --observations year.ndjson && forewarn backtest --config etc --observations year.ndjson");
  verb->callback([these, &shared] { shared.result = run(*these, shared); });
}

} // namespace forewarn::commands
