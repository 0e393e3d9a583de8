// SPDX-License-Identifier: Apache-2.0
// Custody and prisons, the services that give out naloxone, the drug-checking laboratory, and the coroner.
#include "daemon/simulate/partners.hpp"

#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/export_row.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

namespace json = boost::json;

// The age a person has on that day comes from it again.
civil_time birth_date(const incident& one) {
  const std::chrono::year_month_day died{std::chrono::floor<std::chrono::days>(one.at)};
  const auto year = std::chrono::year{int{died.year()} - one.who.age};
  const std::chrono::local_days then{year / died.month() / std::chrono::day{std::min(unsigned{died.day()}, 28U)}};
  return civil_time{then - std::chrono::days{1 + one.who.number % 360}};
}

std::string_view place_type(std::string_view setting) {
  if (setting == "home" || setting == "supported_housing") return "Home";
  if (setting == "hostel") return "Hostel";
  if (setting == "prison") return "Prison";
  return setting == "street" ? "Street" : "";
}

json::array list_of(const std::vector<std::string>& names) {
  json::array out;
  for (const auto& name : names) out.emplace_back(name);
  return out;
}

} // namespace

void write_custody(const incident& one, const landscape& land, post_office& to) {
  if (!one.in_custody) return;
  dice luck{one.luck, "custody"};
  csv_record out;
  out.now = {"D" + serial_text(one.at, one.serial),
             day_first(one.at),
             land.sites[*one.site].name,
             one.setting == "prison" ? "Prison" : "Police custody",
             std::string{one.drugs->crew},
             one.naloxone_doses > 0 ? std::to_string(one.naloxone_doses) : "",
             std::to_string(one.who.age),
             one.who.sex.empty() ? "" : std::string{one.who.sex},
             fmt::format("DT{:09}", one.who.number),
             one.end == ending::died ? "Died"
             : one.callers > 0       ? "Conveyed to hospital"
                                     : "Seen by healthcare"};
  send_record(to, rates::custody, luck, one.at, out, one.outbreak);
}

void write_naloxone(const incident& one, const landscape& land, post_office& to) {
  if (!one.kit) return;
  dice luck{one.luck, "naloxone"};
  const auto& place = land.places[one.place];
  constexpr std::array<std::string_view, 4> givers{"drug service", "friend or family", "police", "hostel staff"};
  json::object record{{"use_id", "N" + serial_text(one.at, one.serial)},
                      {"used_at", iso_day(one.at) + "T" + day_first(one.at).substr(11)},
                      {"ward", place.ward},
                      {"district", place.district},
                      {"place", place_type(one.setting)},
                      {"given_by", luck.any_of(std::span<const std::string_view>{givers})},
                      {"doses", luck.between(1, 3)},
                      {"drug", one.drugs->crew},
                      {"alive_after", one.end != ending::died}};
  line_record lines{std::string{record.at("use_id").as_string()}, json::serialize(record), {}, {}};
  if (luck.chance(rates::naloxone.unusable)) {
    record.at("use_id") = nullptr;
    lines.bad = json::serialize(record);
  }
  send_record(to, rates::naloxone, luck, one.at, lines, one.outbreak);
}

void write_drug_test(const sample& one, const landscape& land, post_office& to) {
  dice luck{one.luck, "drug test"};
  json::object record{{"sample_id", "T" + serial_text(one.received, one.serial)},
                      {"version", 1},
                      {"status", "final"},
                      {"received", iso_day(one.received)},
                      {"ward", land.places[one.place].ward},
                      {"sold_as", one.sold_as},
                      {"form", one.form},
                      {"found", list_of(one.found)}};
  line_record lines{std::string{record.at("sample_id").as_string()}, {}, json::serialize(record), {}, one.urgent};
  // Amended later: a second substance was found in what the first look missed.
  record.at("version") = 2;
  record.at("status") = "amended";
  record.at("found").as_array().emplace_back("Caffeine");
  lines.now = json::serialize(record);
  if (one.outbreak || !luck.chance(rates::drug_tests.revised)) {
    lines.now = std::move(lines.before);
    lines.before.clear();
  }
  if (luck.chance(rates::drug_tests.unusable)) {
    record.at("sample_id") = nullptr;
    lines.bad = json::serialize(record);
  }
  auto by = rates::drug_tests;
  by.revised = lines.before.empty() ? 0 : 1; // settled above: only what is amended has an amended text
  send_record(to, by, luck, one.received, lines, one.outbreak);
}

void write_death(const incident& one, const landscape& land, post_office& to) {
  if (one.end != ending::died) return;
  dice luck{one.luck, "death"};
  const auto& place = land.places[one.place];
  const auto found = one.toxicology.empty() ? std::string{one.drugs->toxicology} : one.toxicology;
  csv_record out;
  out.time_cell = 2;
  out.now = {"K" + serial_text(one.at, one.serial),
             "Y",
             day_of_month_first(one.at),
             place.ward,
             place.district,
             std::string{place_type(one.setting)},
             day_of_month_first(birth_date(one)),
             one.who.sex == "M"   ? "Male"
             : one.who.sex == "F" ? "Female"
                                  : "",
             std::string{one.drugs->crew},
             found,
             "Complete",
             luck.chance(0.2) ? "Coroner\x92s officer informed" : ""}; // windows-1252, as a spreadsheet writes it
  out.before = out.now;
  out.before[9].clear();
  out.before[10] = "Pending";
  send_record(to, rates::deaths, luck, one.at, out, one.outbreak);
}

} // namespace forewarn::simulate
