// SPDX-License-Identifier: Apache-2.0
#include "detectors/scan_cases.hpp"

#include "detectors/case_table.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

namespace forewarn::detector_cases {
namespace {

namespace json = boost::json;

std::int64_t day_of(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u", &year, &month, &day) != 3) // NOLINT(cert-err34-c)
    throw std::runtime_error{"'" + text + "' is no date"};
  const std::chrono::sys_days at = std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day);
  return at.time_since_epoch().count();
}

std::string text_of(const json::object& from, const char* name) {
  return std::string{from.at(name).as_string()};
}

std::string word_of(const cell& one) {
  return one.text.empty() ? fmt::format("{}", one.number) : one.text;
}

json::object cluster_json(const scan_case& which, const detectors::scan_cluster& from) {
  return {{"centroid", which.names[from.centre]},
          {"llr", from.llr},
          {"n_locations", from.places},
          {"days", from.days},
          {"observed", from.observed},
          {"expected", from.expected}};
}

bool near(double ours, double theirs, double by) {
  return std::abs(ours - theirs) <= by * std::max(1.0, std::abs(theirs));
}

double number_at(const json::object& from, const char* name) {
  return from.at(name).to_number<double>();
}

// Both chances are of so many random worlds each.
bool same_chance(double ours, double runs, double theirs, double their_runs) {
  const auto error = std::sqrt(theirs * (1 - theirs) * (1 / runs + 1 / their_runs));
  return std::abs(ours - theirs) <= 4 * error + 1 / runs;
}

} // namespace

void run_on_two(std::size_t n, const std::function<void(std::size_t)>& job) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (auto i = next++; i < n; i = next++) job(i);
  };
  std::jthread other{work};
  work();
}

scan_case read_scan_case(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in) throw std::runtime_error{file.string() + ": cannot be read"};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  scan_case out;
  out.expected = json::parse(text).as_object();
  out.id = text_of(out.expected, "case");
  const auto& params = out.expected.at("params").as_object();
  const auto folder = file.parent_path().parent_path();
  out.options.model =
      text_of(params, "model") == "poisson" ? detectors::scan_model::poisson : detectors::scan_model::permutation;
  out.options.most_days = params.at("max_days").to_number<std::size_t>();
  out.options.most_share = number_at(params, "max_spatial_fraction");
  out.options.least_cases = params.at("min_cases").to_number<std::size_t>();
  out.options.enough = 0;

  std::map<std::string, std::size_t> position;
  const auto places = read_table(folder / text_of(out.expected, "locations"));
  for (std::size_t i = 0; i < places.rows.size(); ++i) {
    out.names.push_back(word_of(places.at(i, "location")));
    position[out.names.back()] = i;
    out.places.push_back({places.at(i, "x").number, places.at(i, "y").number, places.at(i, "population").number});
  }
  const auto start = day_of(text_of(params, "start"));
  out.counts.places = out.places.size();
  out.counts.days = static_cast<std::size_t>(day_of(text_of(params, "end")) - start + 1);
  out.counts.cases.assign(out.counts.places * out.counts.days, 0);
  const auto cases = read_table(folder / text_of(out.expected, "cases"));
  for (std::size_t i = 0; i < cases.rows.size(); ++i) {
    const auto day = day_of(cases.at(i, "date").text) - start;
    if (day < 0 || day >= static_cast<std::int64_t>(out.counts.days))
      throw std::runtime_error{out.id + ": a day outside"};
    out.counts.cases[position.at(word_of(cases.at(i, "location"))) * out.counts.days + static_cast<std::size_t>(day)] +=
        static_cast<std::uint32_t>(cases.at(i, "count").number);
  }
  return out;
}

json::object run_scan_case(const scan_case& which) {
  const detectors::space_time_scan scan{which.places, which.options};
  const auto found = scan.scan(which.counts, run_on_two);
  const auto& best = found.by_centre.at(found.best);
  auto top = cluster_json(which, best);
  json::array zone;
  for (std::size_t i = 0; i < best.places; ++i) zone.emplace_back(which.names[found.zones[best.centre][i]]);
  top["locations"] = std::move(zone);
  json::array by_centre;
  for (const auto& one : found.by_centre) {
    auto row = cluster_json(which, one);
    row["p_value"] = scan.chance_of(found, one.llr).p_monte_carlo;
    by_centre.push_back(std::move(row));
  }
  const auto chance = scan.chance_of(found, best.llr);
  return {{"case", which.id},
          {"params", which.expected.at("params")},
          {"top", std::move(top)},
          {"per_centroid", std::move(by_centre)},
          {"mc", json::object{{"reps", found.maxima.size()},
                              {"p_value", chance.p_monte_carlo},
                              {"gumbel_p", chance.p_gumbel},
                              {"recurrence_days", chance.recurrence_days}}}};
}

std::vector<std::string> scan_differences(const scan_case& which, const json::object& ours) {
  std::vector<std::string> out;
  const auto differs = [&](const std::string& where, const json::object& a, const json::object& b) {
    for (const char* name : {"llr", "n_locations", "days", "observed", "expected"})
      if (!near(number_at(a, name), number_at(b, name), 1e-9))
        out.push_back(fmt::format("{}: {}: {} is {:.17g}, expected {:.17g}", which.id, where, name, number_at(a, name),
                                  number_at(b, name)));
  };
  const auto& top = which.expected.at("top").as_object();
  differs("top", ours.at("top").as_object(), top);
  if (ours.at("top").at("locations") != top.at("locations") || ours.at("top").at("centroid") != top.at("centroid"))
    out.push_back(which.id + ": top: another zone");
  const auto& mine = ours.at("per_centroid").as_array();
  const auto& theirs = which.expected.at("per_centroid").as_array();
  if (mine.size() != theirs.size()) return {which.id + ": another number of places"};
  for (std::size_t i = 0; i < mine.size(); ++i)
    differs(text_of(theirs[i].as_object(), "centroid"), mine[i].as_object(), theirs[i].as_object());
  if (!which.expected.contains("satscan")) return out;
  const auto& satscan = which.expected.at("satscan").as_object();
  const auto runs = ours.at("mc").at("reps").to_number<double>() + 1;
  for (const auto& one : satscan.at("clusters").as_array()) {
    const auto& cluster = one.as_object();
    const auto at = std::find_if(mine.begin(), mine.end(), [&](const json::value& each) {
      return each.at("centroid") == cluster.at("centroid");
    });
    if (at == mine.end()) continue;
    if (!near(at->at("llr").to_number<double>(), number_at(cluster, "test_stat"), 5e-7))
      continue; // a zone cut off by a better one
    if (!same_chance(at->at("p_value").to_number<double>(), runs, number_at(cluster, "p_value_mc"),
                     number_at(satscan, "replications") + 1))
      out.push_back(fmt::format("{}: {}: p is {}, expected {}", which.id, text_of(cluster, "centroid"),
                                at->at("p_value").to_number<double>(), number_at(cluster, "p_value_mc")));
  }
  return out;
}

} // namespace forewarn::detector_cases
