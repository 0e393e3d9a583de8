// SPDX-License-Identifier: Apache-2.0
#include "detectors/cases.hpp"

#include "detectors/case_judges.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

namespace forewarn::detector_cases {
namespace {

namespace json = boost::json;
using namespace detectors;

std::int32_t day_number(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u", &year, &month, &day) != 3) // NOLINT(cert-err34-c)
    throw std::runtime_error{"'" + text + "' is no date"};
  const std::chrono::sys_days at = std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day);
  return static_cast<std::int32_t>(at.time_since_epoch().count());
}

series read_series(const std::filesystem::path& folder, const json::object& input) {
  const auto text = [&](const char* name) {
    const auto* found = input.if_contains(name);
    return found != nullptr ? std::string{found->as_string()} : std::string{};
  };
  const auto from = read_table(folder / text("file"));
  series out;
  const auto take = [&](const std::string& column, std::vector<double>& into) {
    if (column.empty()) return;
    for (std::size_t i = 0; i < from.rows.size(); ++i) {
      const auto& one = from.at(i, column);
      into.push_back(one.missing() ? not_counted : one.number);
    }
  };
  take(text("column"), out.counts);
  take(text("population"), out.population);
  take(text("mu0"), out.expected);
  if (from.has("date"))
    for (std::size_t i = 0; i < from.rows.size(); ++i) out.days.push_back(day_number(from.at(i, "date").text));
  return out;
}

// How far a value may lie from the reference's, as a share of it and near zero.
double tolerance(const reference_case& which, const table& expected, std::size_t i) {
  if (which.algorithm == "glrnb") return 1e-7;
  if (!expected.has("conv_sens")) return 1e-9;
  const auto& sensitivity = expected.at(i, "conv_sens");
  return std::max(1e-9, sensitivity.missing() ? 0 : 10 * sensitivity.number);
}

bool agrees(const cell& ours, const cell& theirs, double by) {
  if (theirs.missing() || ours.missing()) return theirs.missing() && ours.missing();
  if (!theirs.text.empty() || !ours.text.empty()) return ours.text == theirs.text;
  if (ours.number == theirs.number) return true;
  if (std::isinf(ours.number) || std::isinf(theirs.number)) return false;
  return std::abs(ours.number - theirs.number) <= std::max(by * std::abs(theirs.number), by);
}

// An alarm hangs on rounding where the count is its own bound.
bool undecidable(const table& expected, std::size_t i) {
  if (!expected.has("upperbound") || !expected.has("observed")) return false;
  const auto& bound = expected.at(i, "upperbound");
  if (bound.missing()) return false;
  const auto& observed = expected.at(i, expected.has("aggr4") ? "aggr4" : "observed");
  return std::abs(observed.number - bound.number) <= 1e-6 * bound.number;
}

} // namespace

std::vector<reference_case> read_cases(const std::filesystem::path& folder) {
  const auto file = folder / "cases.json";
  std::ifstream in{file};
  if (!in) throw std::runtime_error{file.string() + ": cannot be read"};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto all = json::parse(text);
  std::vector<reference_case> out;
  for (const auto& one : all.as_array()) {
    const auto& from = one.as_object();
    reference_case next;
    next.id = std::string{from.at("id").as_string()};
    next.algorithm = std::string{from.at("algo").as_string()};
    next.params = from.at("params").as_object();
    next.input = from.at("input").as_object();
    next.first = from.at("range").at(0).to_number<std::size_t>();
    next.last = from.at("range").at(1).to_number<std::size_t>();
    next.expected = folder / std::string{from.at("expected").as_string()};
    for (const auto& column : from.at("columns").as_array()) next.columns.emplace_back(column.as_string());
    out.push_back(std::move(next));
  }
  return out;
}

table run_case(const std::filesystem::path& folder, const reference_case& which, const table& expected) {
  const auto of = read_series(folder, which.input);
  if (which.first < 1 || which.last > of.size() || which.first > which.last)
    throw std::runtime_error{which.id + ": its range leaves the series"};
  const span_of_periods over{which.first - 1, which.last - 1};
  const auto judged = judge_of(which, of, over);
  table out;
  out.columns = expected.columns.empty() ? which.columns : expected.columns;
  for (auto t = over.first; t <= over.last; ++t) {
    row found{{"t", number(static_cast<double>(t + 1))}, {"observed", number(of.counts[t])}};
    judged(t, found);
    const auto at = out.rows.size();
    if (expected.has("conv_sens") && at < expected.rows.size()) found["conv_sens"] = expected.at(at, "conv_sens");
    std::vector<cell> line;
    for (const auto& column : out.columns) line.push_back(found.contains(column) ? found[column] : cell{0, "NA"});
    out.rows.push_back(std::move(line));
  }
  return out;
}

std::vector<std::string> differences(const reference_case& which, const table& ours, const table& expected) {
  std::vector<std::string> out;
  if (ours.rows.size() != expected.rows.size()) {
    out.push_back(fmt::format("{}: {} rows, expected {}", which.id, ours.rows.size(), expected.rows.size()));
    return out;
  }
  for (std::size_t i = 0; i < ours.rows.size(); ++i) {
    const auto by = tolerance(which, expected, i);
    for (std::size_t j = 0; j < ours.columns.size(); ++j) {
      const auto& column = ours.columns[j];
      const auto& theirs = expected.at(i, column);
      const bool alarm = column == "alarm";
      if (agrees(ours.rows[i][j], theirs, alarm ? 0 : by)) continue;
      if (alarm && !theirs.missing() && undecidable(expected, i)) continue;
      out.push_back(fmt::format("{}: t {}: {} is {}, expected {}", which.id, spelled(ours.at(i, "t")), column,
                                spelled(ours.rows[i][j]), spelled(theirs)));
    }
  }
  return out;
}

} // namespace forewarn::detector_cases
