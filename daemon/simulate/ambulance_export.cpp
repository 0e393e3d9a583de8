// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/ambulance_export.hpp"

#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/dice.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

constexpr std::array columns{"Call ID",        "Incident no",    "Call time", "Ward", "Setting",     "Drugs reported",
                             "Naloxone given", "Naloxone doses", "Age",       "Sex",  "Patient ref", "Outcome"};
using row = std::array<std::string, columns.size()>;
enum column : std::size_t {
  call_id,
  incident_no,
  call_time,
  ward,
  setting,
  drugs,
  given,
  doses,
  age,
  sex,
  patient,
  outcome
};

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == cell.npos) return cell;
  std::string out = "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

template <class Cells> std::string line(const Cells& cells) {
  std::string out;
  for (const auto& cell : cells) {
    if (!out.empty() || &cell != &cells.front()) out += ',';
    out += quoted(std::string{cell});
  }
  return out + "\r\n";
}

// "Beeston & Holbeck" comes as it stands, or with "and", or with a blank at its end.
std::string ward_as_typed(dice& luck, std::string name) {
  if (const auto at = name.find('&'); at != name.npos && luck.chance(0.3)) name.replace(at, 1, "and");
  if (luck.chance(0.05)) name += ' ';
  return name;
}

row as_row(dice& luck, const call& one, int number, const area_table& areas) {
  row out;
  out[call_id] = fmt::format("C{:07}", number);
  out[incident_no] = fmt::format("I{:07}", one.incident);
  out[call_time] = day_first(one.at);
  out[ward] = ward_as_typed(luck, areas.row(one.ward).name);
  out[setting] = one.setting;
  out[drugs] = one.drugs;
  out[given] = one.naloxone_given;
  out[doses] = one.naloxone_given == "Y" ? std::to_string(one.naloxone_doses) : "";
  out[age] = luck.chance(0.04) ? "" : std::to_string(one.age);
  out[sex] = one.sex;
  out[patient] = one.patient;
  out[outcome] = one.outcome;
  return out;
}

struct sent_row {
  row cells;
  bool is_late = false;
  bool is_revision = false;
  bool in_outbreak = false;
};

using nights = std::map<civil_time, std::vector<sent_row>>;

// Each call goes into its day's file; a few into a later one, a few again with what the crew wrote up afterwards.
nights sort_into_nights(dice& luck, const plan& wanted, const city& of, const area_table& areas) {
  nights out;
  const auto last = midnight(wanted.until - std::chrono::seconds{1});
  for (auto day = midnight(wanted.from); day <= last; day += std::chrono::days{1}) out[day];
  int number = 0;
  for (const auto& one : of.calls) {
    const auto day = midnight(one.at);
    sent_row sent{as_row(luck, one, ++number, areas), false, false, one.in_outbreak};
    const auto late_day = day + std::chrono::days{luck.between(2, 4)};
    const auto next_day = day + std::chrono::days{1};
    const bool comes_late = luck.chance(0.03);
    const bool comes_again = luck.chance(0.04);
    if (comes_late && !one.in_outbreak && late_day <= last) {
      sent.is_late = true;
      out[late_day].push_back(std::move(sent));
    } else if (comes_again && !one.in_outbreak && one.outcome != "Cancelled" && next_day <= last) {
      auto first = sent;
      first.cells[drugs] = "awaiting crew notes";
      sent.is_revision = true;
      out[day].push_back(std::move(first));
      out[next_day].push_back(std::move(sent));
    } else {
      out[day].push_back(std::move(sent));
    }
  }
  return out;
}

std::string unusable_row(dice& luck, const sent_row& like, int number) {
  auto cells = like.cells;
  cells[call_id] = fmt::format("X{:07}", number);
  switch (luck.below(3)) {
  case 0: cells[call_id].clear(); return line(cells);
  case 1: cells[call_time] = "31/02/" + cells[call_time].substr(6); return line(cells);
  default: return line(std::array{cells[call_id], cells[incident_no], cells[call_time]});
  }
}

export_file write_night(dice& luck, civil_time day, const std::vector<sent_row>& sent, int& unusable) {
  export_file out;
  out.name = fmt::format("ambulance-{}.csv", iso_day(day));
  out.text = "\xEF\xBB\xBF" + line(columns); // spreadsheets put a byte order mark before the header
  auto& counts = out.counts;
  for (const auto& one : sent) {
    const auto text = line(one.cells);
    out.text += text;
    const bool cancelled = one.cells[outcome] == "Cancelled";
    ++(cancelled ? counts.cancelled : one.is_revision ? counts.revised : one.is_late ? counts.late : counts.fresh);
    if (one.in_outbreak) out.outbreak_calls.push_back(one.cells[call_id]);
    if (!cancelled && luck.chance(0.02)) {
      out.text += text;
      ++counts.duplicate;
    }
    if (luck.chance(0.02)) {
      out.text += unusable_row(luck, one, ++unusable);
      ++counts.unusable;
    }
  }
  counts.rows = counts.fresh + counts.late + counts.revised + counts.duplicate + counts.cancelled + counts.unusable;
  return out;
}

} // namespace

std::vector<export_file> ambulance_exports(const plan& wanted, const city& of, const area_table& areas) {
  dice luck{wanted.seed, "exports"};
  std::vector<export_file> out;
  int unusable = 0;
  for (const auto& [day, sent] : sort_into_nights(luck, wanted, of, areas))
    out.push_back(write_night(luck, day, sent, unusable));
  return out;
}

} // namespace forewarn::simulate
