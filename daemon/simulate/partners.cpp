// SPDX-License-Identifier: Apache-2.0
#include "daemon/simulate/partners.hpp"

#include "daemon/simulate/export_row.hpp"

namespace forewarn::simulate {
namespace {

partner csv(const rates::habits& by, const cells& columns, std::string_view line_end, std::string_view mark = "") {
  const std::string end{line_end};
  return {by, "csv", std::string{mark} + csv_line(columns) + end, "", "", std::chrono::minutes{24 * 60}, end};
}

} // namespace

std::vector<partner> all_partners(const plan& wanted) {
  const std::string byte_order_mark = "\xEF\xBB\xBF"; // spreadsheets put one before the header
  auto ambulance = csv(rates::ambulance,
                       {"Call ID", "Incident no", "Call time", "Ward", "District", "Setting", "Place name",
                        "Drugs reported", "Naloxone given", "Naloxone doses", "Age", "Sex", "Patient ref", "Outcome"},
                       "\r\n", byte_order_mark);
  ambulance.every = wanted.call_outs_every;
  return {ambulance,
          csv(rates::attendances,
              {"Attendance no", "Arrival", "Hospital", "Ward of incident", "District of incident", "Where it happened",
               "Place name", "Substances", "Intent", "Naloxone given", "Age", "Sex", "NHS number", "Outcome", "Status"},
              "\n"),
          csv(rates::admissions,
              {"Spell", "Admitted", "Hospital", "District of residence", "Diagnoses", "External cause", "Age", "Sex",
               "NHS number", "Status"},
              "\r\n"),
          csv(rates::custody,
              {"Record", "When", "Place", "Kind of place", "What was taken", "Naloxone doses", "Age", "Sex",
               "Detainee ref", "Outcome"},
              "\n"),
          {rates::naloxone, "ndjson", "", "", "", std::chrono::minutes{24 * 60}, "\n"},
          {rates::drug_tests, "json", "{\"service\": \"simulated drug-checking service\",\n \"samples\": [\n", ",\n",
           "\n ]}\n", std::chrono::minutes{24 * 60}, ""},
          csv(rates::deaths,
              {"Case reference", "Suspected drug related", "Date of death", "Ward of incident", "District",
               "Place type", "Date of birth", "Sex", "Suspected drugs", "Toxicology", "Toxicology status", "Notes"},
              "\r\n")};
}

} // namespace forewarn::simulate
