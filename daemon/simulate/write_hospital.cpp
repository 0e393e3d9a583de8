// SPDX-License-Identifier: Apache-2.0
// The hospital: emergency attendances in a triage nurse's words, admissions in a coder's codes.
#include "daemon/simulate/partners.hpp"

#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/export_row.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

// Of the range kept for tests (999...), with a check digit that is right; so never a real person's.
std::string nhs_number(std::uint32_t of) {
  if (of == 0) return {};
  for (std::uint32_t number = 999'000'000 + of % 1'000'000;;
       number = number == 999'999'999 ? 999'000'000 : number + 1) {
    const auto digits = std::to_string(number);
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (digits[static_cast<std::size_t>(i)] - '0') * (10 - i);
    const int check = (11 - sum % 11) % 11;
    if (check == 10) continue;
    return fmt::format("{} {} {}{}", digits.substr(0, 3), digits.substr(3, 3), digits.substr(6), check);
  }
}

std::string where_words(std::string_view setting) {
  if (setting == "home") return "Home";
  if (setting == "street") return "Public place";
  if (setting == "hostel" || setting == "supported_housing") return "Hostel or supported housing";
  if (setting == "licensed_premises") return "Licensed premises";
  if (setting == "event") return "Event";
  if (setting == "school") return "School or college";
  if (setting == "prison") return "Prison";
  return setting.empty() ? "" : "Other";
}

std::string hospital_of(const landscape& land, std::size_t place) {
  const auto found = land.serving(site_kind::hospital, place);
  return found ? land.sites[*found].name : "";
}

// In the department a quarter of an hour to an hour and a half after the event.
civil_time arrival(const incident& one, dice& luck) {
  return one.at + std::chrono::minutes{luck.between(15, 90)};
}

} // namespace

void write_attendance(const incident& one, const landscape& land, post_office& to) {
  if (!one.attends) return;
  dice luck{one.luck, "attendance"};
  const auto& place = land.places[one.place];
  const auto at = arrival(one, luck);
  const bool of_a_site = one.site && one.setting != "prison";
  csv_record out;
  out.now = {"A" + serial_text(one.at, one.serial),
             iso_day(at) + day_first(at).substr(10),
             hospital_of(land, one.place),
             luck.chance(0.12) && !one.outbreak ? "" : place.ward,
             place.district,
             where_words(one.setting),
             of_a_site && (one.outbreak || luck.chance(0.4)) ? land.sites[*one.site].name : "",
             std::string{one.drugs->hospital},
             one.intent == "self_harm" ? "Self-harm"
             : luck.chance(0.85)       ? "Accidental"
                                       : "Not known",
             one.naloxone_doses > 0 ? "Yes" : "No",
             std::to_string(one.who.age),
             one.who.sex.empty() ? "U" : std::string{one.who.sex},
             nhs_number(one.who.number),
             one.admitted        ? "Admitted"
             : luck.chance(0.12) ? "Left before treatment"
                                 : "Discharged",
             "Final"};
  if (!one.outbreak) {
    out.before = out.now;
    out.before[7] = "Substance not stated";
    out.before.back() = "Provisional";
  }
  send_record(to, rates::attendances, luck, at, out, one.outbreak);
}

void write_admission(const incident& one, const landscape& land, post_office& to) {
  if (!one.admitted) return;
  dice luck{one.luck, "admission"};
  const auto at = arrival(one, luck) + std::chrono::hours{2};
  csv_record out;
  out.now = {"S" + serial_text(one.at, one.serial),
             day_of_month_first(at),
             hospital_of(land, one.place),
             land.places[one.place].district,
             std::string{one.drugs->codes},
             one.intent == "self_harm" ? "X62"
             : luck.chance(0.7)        ? "X42"
                                       : "Y12",
             std::to_string(one.who.age),
             one.who.sex.empty() ? "U" : std::string{one.who.sex},
             nhs_number(one.who.number),
             "Final"};
  out.before = out.now;
  out.before[4] = "T50.9";
  out.before.back() = "Provisional";
  send_record(to, rates::admissions, luck, at, out, one.outbreak);
}

} // namespace forewarn::simulate
