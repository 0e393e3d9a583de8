// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/past.hpp"

#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/daily_life.hpp"

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

void write_up(const one_day& day, const landscape& land, post_office& to) {
  for (const auto& one : day.incidents) {
    write_ambulance(one, land, to);
    write_attendance(one, land, to);
    write_admission(one, land, to);
    write_custody(one, land, to);
    write_naloxone(one, land, to);
    write_death(one, land, to);
  }
  for (const auto& one : day.samples) write_drug_test(one, land, to);
}

void take_down(past_truth& truth, const sent_file& file) {
  const auto path = fmt::format("{}/{}", file.feed, file.name);
  truth.by_feed[std::string{file.feed}] += file.counts;
  truth.by_file.emplace_back(path, file.counts);
  for (const auto& row : file.outbreak_rows)
    truth.outbreak_rows[row.outbreak].push_back({std::string{file.feed}, row.id, path});
}

} // namespace

double scale_for(double calls_per_day, double population) {
  return calls_per_day * 1e6 / (population * rates::incidents * rates::calls_an_ambulance);
}

result<setting_of_past, std::string> prepare(const plan& wanted, const area_table& areas,
                                             const std::optional<area_code>& root, const zone& local) {
  auto land = survey(areas, root, wanted.seed);
  if (!land) return failure(land.error());
  setting_of_past out{wanted, std::move(*land), {}};
  auto outbreaks = plan_outbreaks(wanted, out.land, areas, local);
  if (!outbreaks) return failure(outbreaks.error());
  out.outbreaks = std::move(*outbreaks);
  return out;
}

past_truth play(const setting_of_past& of, const zone& local, const post_office::receiver& each) {
  past_truth truth;
  truth.outbreak_rows.resize(of.outbreaks.size());
  post_office office{of.wanted, all_partners(of.wanted), [&](const sent_file& file) {
                       take_down(truth, file);
                       each(file);
                     }};
  const daily_life life{of.land, of.wanted.seed, of.wanted.scale, local};
  for (auto at = of.wanted.from; at < of.wanted.until; at += std::chrono::days{1}) {
    auto day = life.day(at);
    add_to_day(of.outbreaks, day);
    write_up(day, of.land, office);
    office.hand_over(std::min(at + std::chrono::days{1}, of.wanted.until));
  }
  truth.not_sent = office.on_its_way();
  return truth;
}

} // namespace forewarn::simulate
