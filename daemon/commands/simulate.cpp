// SPDX-License-Identifier: Apache-2.0
// `forewarn simulate`: a synthetic city's partner files by seed, and the truth about them.
#include "daemon/commands/command.hpp"

#include "daemon/settings.hpp"
#include "daemon/simulate/city.hpp"
#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/write.hpp"

#include <iostream>
#include <memory>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::commands {
namespace {

struct wishes {
  std::filesystem::path out;
  simulate::plan plan;
  int days = 14;
  std::string start = "2026-01-05";
  std::string until;
  std::string outbreak; // empty: a ward by seed; "none"; or a ward
};

result<void, std::string> set_span(wishes& these, const zone& local) {
  auto& plan = these.plan;
  if (these.until.empty()) {
    const auto from = simulate::read_day(these.start);
    if (!from) return failure(fmt::format("--start '{}' is not a date such as 2026-01-05", these.start));
    plan.from = *from;
    plan.until = *from + std::chrono::days{these.days};
    return {};
  }
  if (these.until == "now") {
    const auto now = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    plan.until = civil_time{std::chrono::floor<std::chrono::minutes>(local.to_civil(now))};
  } else {
    const auto until = simulate::read_day_or_time(these.until);
    if (!until)
      return failure(fmt::format("--until '{}' is neither 'now' nor a time such as 2026-01-18T21:00", these.until));
    plan.until = *until;
  }
  plan.from = simulate::midnight(plan.until) - std::chrono::days{these.days - 1};
  return {};
}

void say(const wishes& these, const simulate::written& done, const context& shared) {
  const auto& rows = done.ambulance;
  if (shared.output == "json") {
    boost::json::array files;
    for (const auto& file : done.files) files.emplace_back(file.string());
    std::cout << boost::json::serialize(boost::json::object{{"files", std::move(files)},
                                                            {"rows", rows.rows},
                                                            {"samples", done.samples},
                                                            {"outbreak", done.outbreak}})
              << '\n';
    return;
  }
  std::cout << fmt::format(
      "{} files in {}: {} call-outs over {} days ({} late, {} revised, {} sent twice, {} cancelled, "
      "{} unusable), {} drug tests\n",
      done.files.size(), these.out.string(), rows.rows, these.days, rows.late, rows.revised, rows.duplicate,
      rows.cancelled, rows.unusable, done.samples);
  if (!done.outbreak.empty()) std::cout << "hidden in them: " << done.outbreak << "; truth.json knows all of it\n";
}

outcome run(wishes& these, const context& shared) {
  problems found;
  std::vector<source_text> sources;
  const auto reference = load_reference(shared.config_dir, found, sources);
  std::cerr << render(found, sources);
  if (has_errors(found)) return outcome::failed;
  const auto complain = [](const std::string& why) {
    std::cerr << "forewarn simulate: " << why << '\n';
    return outcome::failed;
  };
  if (const auto span = set_span(these, reference->local_zone); !span) return complain(span.error());
  these.plan.outbreak = these.outbreak != "none";
  if (these.plan.outbreak) these.plan.outbreak_ward = these.outbreak;
  const auto city = simulate::build_city(these.plan, reference->areas, reference->root_area, reference->local_zone);
  if (!city) return complain(city.error());
  try {
    say(these, simulate::write_city(these.plan, *city, reference->areas, reference->local_zone, these.out), shared);
  } catch (const std::exception& broken) {
    return complain(fmt::format("cannot write to '{}': {}", these.out.string(), broken.what()));
  }
  return outcome::done;
}

} // namespace

void add_simulate(CLI::App& root, context& shared) {
  auto these = std::make_shared<wishes>();
  auto* verb =
      root.add_subcommand("simulate", "write a synthetic city's partner files, by seed, with a known outbreak");
  verb->add_option("--out", these->out, "folder to write to")->required()->type_name("DIR");
  verb->add_option("--seed", these->plan.seed, "the same seed writes the same files")->capture_default_str();
  verb->add_option("--days", these->days, "how many days")->capture_default_str()->check(CLI::Range(1, 3660));
  verb->add_option("--start", these->start, "first day")->capture_default_str()->type_name("DATE");
  verb->add_option("--until", these->until, "instead of --start: the last moment, or 'now'")->type_name("TIME");
  verb->add_option("--calls-per-day", these->plan.calls_per_day, "drug-related call-outs a day in the city")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e6));
  verb->add_option("--outbreak", these->outbreak, "its ward, or 'none'; left out: a ward by seed")->type_name("WARD");
  verb->add_option("--drug", these->plan.outbreak_drug, "what the outbreak's sample turns out to hold")
      ->capture_default_str();
  verb->add_option("--cases", these->plan.outbreak_cases, "call-outs of the outbreak, all in its last nine hours")
      ->capture_default_str()
      ->check(CLI::Range(1, 500));
  verb->footer("Everything is drawn by chance; nothing stems from a real person.\n"
               "Example: forewarn simulate --config etc --out city --seed 7 --days 14 --outbreak Armley");
  verb->callback([these, &shared] { shared.result = run(*these, shared); });
}

} // namespace forewarn::commands
