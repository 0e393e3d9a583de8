// SPDX-License-Identifier: Apache-2.0
// detector-cases DIR [--write OUTDIR]: runs every reference case of DIR/cases.json and of DIR/scan/expected, compares
// with what the reference has, writes what Forewarn says, and prints what differs. Exit code 0: all agree; 1: not all
// do; 2: wrong usage.
#include "detectors/cases.hpp"
#include "detectors/scan_cases.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>

#include <fmt/format.h>

namespace {

using namespace forewarn::detector_cases;
namespace fs = std::filesystem;

constexpr std::size_t most_told = 10; // differences of one case that are printed

bool tell(const std::string& id, const std::vector<std::string>& differs) {
  for (std::size_t i = 0; i < differs.size() && i < most_told; ++i) fmt::print("{}\n", differs[i]);
  if (differs.size() > most_told) fmt::print("{}: and {} more\n", id, differs.size() - most_told);
  return differs.empty();
}

bool run(const fs::path& folder, const reference_case& one, const fs::path& out) {
  try {
    const auto expected = fs::exists(one.expected) ? read_table(one.expected) : table{};
    const auto ours = run_case(folder, one, expected);
    if (!out.empty()) write_table(out / (one.id + ".csv"), ours);
    if (!expected.columns.empty()) return tell(one.id, differences(one, ours, expected));
    fmt::print("{}: there is nothing to compare with: {}\n", one.id, one.expected.string());
  } catch (const std::exception& wrong) {
    fmt::print("{}: {}\n", one.id, wrong.what());
  }
  return false;
}

bool run_scan(const fs::path& file, const fs::path& out) {
  try {
    const auto one = read_scan_case(file);
    const auto ours = run_scan_case(one);
    if (!out.empty()) std::ofstream{out / (one.id + ".json")} << boost::json::serialize(ours) << '\n';
    return tell(one.id, scan_differences(one, ours));
  } catch (const std::exception& wrong) {
    fmt::print("{}: {}\n", file.string(), wrong.what());
  }
  return false;
}

std::vector<fs::path> scans_of(const fs::path& folder) {
  std::vector<fs::path> out;
  const auto expected = folder / "scan" / "expected";
  if (fs::is_directory(expected))
    for (const auto& entry : fs::directory_iterator{expected})
      if (entry.path().extension() == ".json") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

int run_all(const fs::path& folder, const fs::path& out) {
  std::size_t agree = 0;
  const auto cases = read_cases(folder);
  const auto scans = scans_of(folder);
  if (!out.empty()) fs::create_directories(out);
  for (const auto& one : cases)
    if (run(folder, one, out)) ++agree;
  for (const auto& file : scans)
    if (run_scan(file, out)) ++agree;
  const auto all = cases.size() + scans.size();
  fmt::print("{} of {} cases agree\n", agree, all);
  return agree == all ? 0 : 1;
}

} // namespace

int main(int count, char** words) {
  const bool writes = count == 4 && std::string{words[2]} == "--write";
  if (count != 2 && !writes) {
    std::fprintf(stderr, "usage: detector-cases DIR [--write OUTDIR]\n"
                         "DIR has a cases.json with the series, parameters and expected values of each case.\n");
    return 2;
  }
  try {
    return run_all(words[1], writes ? words[3] : "");
  } catch (const std::exception& wrong) {
    std::fprintf(stderr, "detector-cases: %s\n", wrong.what());
    return 1;
  }
}
