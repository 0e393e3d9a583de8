// SPDX-License-Identifier: Apache-2.0
// The ambulance service: a row per call, in the crew's words.
#include "daemon/simulate/partners.hpp"

#include "daemon/simulate/civil_text.hpp"
#include "daemon/simulate/export_row.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace forewarn::simulate {
namespace {

// "Beeston & Holbeck" comes as it stands, or with "and", or with a blank at its end.
std::string as_typed(dice& luck, std::string name) {
  if (const auto at = name.find('&'); at != name.npos && luck.chance(0.3)) name.replace(at, 1, "and");
  if (luck.chance(0.05)) name += ' ';
  return name;
}

std::string setting_text(std::string_view word) {
  const auto* found = std::find_if(words::settings.begin(), words::settings.end(),
                                   [&](const words::setting_row& row) { return row.word == word; });
  return std::string{found == words::settings.end() ? "" : found->ambulance};
}

std::string_view outcome_text(ending end) {
  switch (end) {
  case ending::conveyed: return "Conveyed to hospital";
  case ending::treated: return "Treated on scene";
  case ending::refused: return "Refused";
  case ending::died: return "Died";
  case ending::cancelled: return "Cancelled";
  }
  return "";
}

} // namespace

void write_ambulance(const incident& one, const landscape& land, post_office& to) {
  dice luck{one.luck, "ambulance"};
  const auto& place = land.places[one.place];
  const auto serial = serial_text(one.at, one.serial);
  for (int caller = 1; caller <= one.callers; ++caller) {
    // A second caller rings some minutes later: another call, the same incident.
    const auto at = caller == 1 ? one.at : one.at + std::chrono::minutes{luck.between(1, 4)};
    csv_record out;
    out.time_cell = 2;
    out.cancelled = one.end == ending::cancelled;
    const auto drugs = std::string{one.crew_words.empty() ? one.drugs->crew : one.crew_words};
    const bool given = one.naloxone_doses > 0;
    out.now = {fmt::format("C{}-{}", serial, caller),
               "I" + serial,
               day_first(at),
               as_typed(luck, place.ward),
               place.district,
               setting_text(one.setting),
               one.site ? land.sites[*one.site].name : "",
               drugs,
               given              ? "Y"
               : luck.chance(0.8) ? "N"
                                  : "",
               given ? std::to_string(one.naloxone_doses) : "",
               luck.chance(0.04) && !one.outbreak ? "" : std::to_string(one.who.age),
               one.who.sex == "M"   ? "Male"
               : one.who.sex == "F" ? "Female"
                                    : "Unknown",
               one.who.number == 0 ? "" : fmt::format("PT{:09}", one.who.number),
               std::string{outcome_text(one.end)}};
    if (!one.outbreak) {
      out.before = out.now;
      out.before[7] = "awaiting crew notes";
    }
    send_record(to, rates::ambulance, luck, at, out, one.outbreak);
  }
}

} // namespace forewarn::simulate
