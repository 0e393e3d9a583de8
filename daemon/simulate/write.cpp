// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/write.hpp"

#include "daemon/simulate/civil_text.hpp"

#include <algorithm>
#include <fstream>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream out;
  out.exceptions(std::ios::failbit | std::ios::badbit);
  out.open(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
}

json::object as_json(const row_counts& counts) {
  return {{"rows", counts.rows},        {"fresh", counts.fresh},         {"late", counts.late},
          {"revised", counts.revised},  {"duplicate", counts.duplicate}, {"cancelled", counts.cancelled},
          {"unusable", counts.unusable}};
}

void add(row_counts& sum, const row_counts& one) {
  sum.rows += one.rows;
  sum.fresh += one.fresh;
  sum.late += one.late;
  sum.revised += one.revised;
  sum.duplicate += one.duplicate;
  sum.cancelled += one.cancelled;
  sum.unusable += one.unusable;
}

json::object outbreak_truth(const plan& wanted, const city& of, const area_table& areas, const zone& local,
                            const std::vector<export_file>& nights, const drug_test_file& tests) {
  json::array calls;
  for (const auto& night : nights)
    for (const auto& id : night.outbreak_calls) calls.emplace_back(id);
  json::object out{{"ward", areas.row(*of.outbreak_ward).code.str()},
                   {"ward_name", areas.row(*of.outbreak_ward).name},
                   {"drug", wanted.outbreak_drug},
                   {"calls", std::move(calls)},
                   {"sample", tests.outbreak_sample}};
  const auto in_it = [](const call& one) { return one.in_outbreak; };
  const auto first = std::find_if(of.calls.begin(), of.calls.end(), in_it);
  const auto last = std::find_if(of.calls.rbegin(), of.calls.rend(), in_it);
  if (first != of.calls.end()) {
    out["first"] = format_rfc3339(local.to_instant(first->at).at);
    out["last"] = format_rfc3339(local.to_instant(last->at).at);
  }
  return out;
}

} // namespace

written write_city(const plan& wanted, const city& of, const area_table& areas, const zone& local,
                   const fs::path& folder) {
  written out;
  const auto nights = ambulance_exports(wanted, of, areas);
  json::object by_file;
  for (const auto& night : nights) {
    out.files.push_back(folder / "ambulance" / night.name);
    write_file(out.files.back(), night.text);
    by_file["ambulance/" + night.name] = as_json(night.counts);
    add(out.ambulance, night.counts);
  }
  const auto tests = drug_tests(wanted, of, areas);
  out.samples = tests.samples;
  out.files.push_back(folder / "drug-tests" / tests.name);
  write_file(out.files.back(), tests.text);
  by_file["drug-tests/" + tests.name] = {{"rows", tests.samples}};

  json::object truth{{"seed", wanted.seed},
                     {"zone", local.name()},
                     {"from", format_rfc3339(local.to_instant(wanted.from).at)},
                     {"until", format_rfc3339(local.to_instant(wanted.until).at)},
                     {"files", std::move(by_file)},
                     {"ambulance", as_json(out.ambulance)},
                     {"outbreak", nullptr}};
  if (of.outbreak_ward) {
    truth["outbreak"] = outbreak_truth(wanted, of, areas, local, nights, tests);
    out.outbreak = fmt::format("{} call-outs and a sample of {} in {}", wanted.outbreak_cases, wanted.outbreak_drug,
                               areas.row(*of.outbreak_ward).name);
  }
  out.files.push_back(folder / "truth.json");
  write_file(out.files.back(), json::serialize(truth) + "\n");
  return out;
}

} // namespace forewarn::simulate
