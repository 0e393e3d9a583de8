// SPDX-License-Identifier: Apache-2.0
#include "daemon/evaluate/evaluation_text.hpp"

#include "connectors/formats/csv.hpp"
#include "daemon/commands/table.hpp"

#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::evaluate {
namespace {

namespace json = boost::json;
using detectors::figure, detectors::quality;

struct named_figure {
  const char* name;
  figure quality::*of;
};
// Names as the usual comparisons have them.
constexpr auto figures = std::to_array<named_figure>({{"pod", &quality::found},
                                                      {"pod1", &quality::found_at_once},
                                                      {"delay", &quality::delay},
                                                      {"delay_or_missed", &quality::delay_or_missed},
                                                      {"sensitivity", &quality::sensitivity},
                                                      {"specificity", &quality::specificity},
                                                      {"ppv", &quality::worth},
                                                      {"false_alarms_per_year", &quality::false_alarms},
                                                      {"episodes_per_year", &quality::episodes},
                                                      {"quiet_rate", &quality::quiet_rate},
                                                      {"quiet_episodes_per_year", &quality::quiet_episodes}});

std::string with_error(const figure& of, int digits = 3) {
  return of.known ? fmt::format("{:.{}f} ±{:.{}f}", of.value, digits, of.error, digits) : "-";
}

std::vector<std::string> table_row(const std::string& name, const quality& of) {
  const auto& episodes = of.quiet_episodes.known ? of.quiet_episodes : of.episodes;
  return {name,
          with_error(of.found),
          with_error(of.delay, 2),
          with_error(of.sensitivity),
          with_error(of.specificity, 4),
          with_error(of.worth),
          with_error(of.false_alarms, 2),
          with_error(episodes, 2)};
}

std::vector<std::string> header_for(const trials& on) {
  return {"DETECTOR",
          "FOUND",
          fmt::format("DELAY ({}S)", on.period == "week" ? "WEEK" : "DAY"),
          "SENSITIVITY",
          "SPECIFICITY",
          "WORTH",
          "FALSE ALARMS A YEAR",
          "FALSE EPISODES A YEAR"};
}

void add_rows(std::vector<std::vector<std::string>>& rows, const contender_score& one,
              const std::vector<group_quality>& groups, bool all) {
  for (const auto& group : groups) {
    if (!group.group.empty() && !all) continue;
    rows.push_back(table_row(group.group.empty() ? one.name : "  " + group.group, group.of));
  }
}

json::object figures_of(const quality& of) {
  json::object out;
  for (const auto& [name, member] : figures) {
    const auto& one = of.*member;
    out[name] = one.known ? json::value(one.value) : json::value();
    out[std::string{name} + "_se"] = one.known ? json::value(one.error) : json::value();
  }
  return out;
}

json::array groups_of(const std::vector<group_quality>& groups) {
  json::array out;
  for (const auto& group : groups) {
    auto row = figures_of(group.of);
    row["group"] = group.group.empty() ? "all" : group.group;
    out.push_back(std::move(row));
  }
  return out;
}

} // namespace

std::string as_table(const std::vector<contender_score>& all, const trials& on, const heading& over) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& one : all) add_rows(rows, one, one.as_set, over.groups);
  auto out = fmt::format("{}\n\nAt their own settings\n{}", over.series, commands::as_table(header_for(on), rows));
  rows.clear();
  auto header = header_for(on);
  header.emplace_back("FOUND MORE THAN THE FIRST");
  bool first = true;
  for (const auto& one : all) {
    if (!one.matched) continue;
    const auto from = rows.size();
    add_rows(rows, one, one.at_equal, over.groups);
    rows[from].push_back(first ? "" : fmt::format("{:+.3f} ±{:.3f}", one.more.value, one.more.error));
    first = false;
  }
  if (!rows.empty())
    out += fmt::format("\nAt {:g} false episode{} a series and year\n{}", over.episodes_a_year,
                       over.episodes_a_year == 1 ? "" : "s", commands::as_table(header, rows));
  return out +
         "\nFOUND: outbreaks with at least one alarm within them. DELAY: from their beginning, of those found.\n"
         "WORTH: alarms that lay within an outbreak. FALSE EPISODES: runs of alarms seven periods apart; where the\n"
         "same series is known without its outbreak, counted there, so that what lingers is not held against it.\n"
         "±: one standard error, over series.\n";
}

std::string as_json(const std::vector<contender_score>& all, const trials& on, const heading& over) {
  json::array rows;
  for (const auto& one : all) {
    json::object row{{"detector", one.name}, {"as_set", groups_of(one.as_set)}};
    if (one.matched) {
      row["at_equal"] = groups_of(one.at_equal);
      row["limit"] = one.limit;
      if (one.more.known) {
        row["found_more_than_first"] = one.more.value;
        row["found_more_than_first_se"] = one.more.error;
      }
    }
    rows.push_back(std::move(row));
  }
  return json::serialize(json::object{{"series", on.all.size()},
                                      {"period", on.period},
                                      {"described", over.series},
                                      {"equal_at_episodes_per_year", over.episodes_a_year},
                                      {"detectors", std::move(rows)}}) +
         '\n';
}

std::string as_csv(const std::vector<contender_score>& all) {
  std::string out = "detector,limit,group";
  for (const auto& [name, member] : figures) out += fmt::format(",{},{}_se", name, name);
  out += '\n';
  const auto rows = [&](const contender_score& one, const std::string& limit, const std::vector<group_quality>& of) {
    for (const auto& group : of) {
      out += connectors::write_csv_record({one.name, limit, group.group.empty() ? "all" : group.group});
      for (const auto& [name, member] : figures) {
        const auto& value = group.of.*member;
        out += value.known ? fmt::format(",{:.6g},{:.6g}", value.value, value.error) : ",,";
      }
      out += '\n';
    }
  };
  for (const auto& one : all) {
    rows(one, "as set", one.as_set);
    if (one.matched) rows(one, fmt::format("{:.6g}", one.limit), one.at_equal);
  }
  return out;
}

} // namespace forewarn::evaluate
