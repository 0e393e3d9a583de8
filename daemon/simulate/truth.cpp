// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/past.hpp"

#include <algorithm>

#include <boost/json.hpp>

namespace forewarn::simulate {
namespace {

namespace json = boost::json;

json::object as_json(const row_counts& counts) {
  return {{"rows", counts.rows},        {"fresh", counts.fresh},         {"late", counts.late},
          {"revised", counts.revised},  {"duplicate", counts.duplicate}, {"cancelled", counts.cancelled},
          {"unusable", counts.unusable}};
}

json::string instant_text(civil_time at, const zone& local) {
  return json::string{format_rfc3339(local.to_instant(at).at)};
}

json::object outbreak_truth(const outbreak& of, const std::vector<past_truth::found_row>& found, const landscape& land,
                            const area_table& areas, const zone& local) {
  const auto& place = areas.row(land.places[of.place].area);
  json::array rows, calls;
  for (const auto& row : found) {
    rows.push_back({{"feed", row.feed}, {"id", row.id}, {"file", row.file}});
    if (row.feed == "ambulance") calls.emplace_back(row.id);
  }
  json::object out{{"kind", of.kind},
                   {"ward", place.code.str()},
                   {"ward_name", place.name},
                   {"drug", of.drug},
                   {"cases", of.incidents.size()},
                   {"samples", of.samples.size()},
                   {"first", instant_text(of.incidents.front().at, local)},
                   {"last", instant_text(of.incidents.back().at, local)},
                   {"calls", std::move(calls)},
                   {"rows", std::move(rows)}};
  if (of.site) out["site"] = {{"id", land.sites[*of.site].id}, {"name", land.sites[*of.site].name}};
  return out;
}

} // namespace

std::string truth_as_json(const setting_of_past& of, const past_truth& found, const area_table& areas,
                          const zone& local) {
  json::object files, feeds;
  for (const auto& [path, counts] : found.by_file) files[path] = as_json(counts);
  for (const auto& [feed, counts] : found.by_feed) feeds[feed] = as_json(counts);
  json::array outbreaks, outages;
  for (std::size_t i = 0; i < of.outbreaks.size(); ++i)
    outbreaks.push_back(outbreak_truth(of.outbreaks[i], found.outbreak_rows[i], of.land, areas, local));
  for (const auto& one : of.wanted.outages)
    outages.push_back(
        {{"feed", one.feed}, {"from", instant_text(one.from, local)}, {"until", instant_text(one.until, local)}});
  const json::object truth{{"seed", of.wanted.seed},
                           {"scale", of.wanted.scale},
                           {"zone", local.name()},
                           {"from", instant_text(of.wanted.from, local)},
                           {"until", instant_text(of.wanted.until, local)},
                           {"population", of.land.population},
                           {"outbreaks", std::move(outbreaks)},
                           {"outages", std::move(outages)},
                           {"feeds", std::move(feeds)},
                           {"not_sent_yet", found.not_sent},
                           {"files", std::move(files)}};
  return json::serialize(truth) + "\n";
}

} // namespace forewarn::simulate
