// SPDX-License-Identifier: Apache-2.0
// A synthetic city's drug-related ambulance calls, by seed: rhythms of hour and weekday, wards by population and luck,
// people who are called for again, and one outbreak whose truth is known. Nothing here is drawn from a real person.
#pragma once

#include "forewarn/area.hpp"
#include "forewarn/result.hpp"
#include "forewarn/zone.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::simulate {

struct plan {
  std::uint64_t seed = 1;
  civil_time from;           // midnight of the first day
  civil_time until;          // nothing happens at or after this
  double calls_per_day = 14; // drug-related call-outs in the whole city
  bool outbreak = true;
  std::string outbreak_ward; // name or code; empty: one of the busier wards, by seed
  std::string outbreak_drug = "protonitazene";
  int outbreak_cases = 6;
};

// One call as the ambulance service knows it; words are those of its own system.
struct call {
  civil_time at;
  area_index ward = 0;
  std::string setting;
  std::string drugs; // free text, as a crew types it
  std::string naloxone_given;
  int naloxone_doses = 0;
  int age = 0;
  std::string sex;
  std::string patient;
  int incident = 0; // several calls may be one incident
  std::string outcome;
  bool in_outbreak = false;
};

struct city {
  std::vector<area_index> wards; // of the root area, with a known population
  std::vector<double> weights;   // calls fall on them in this proportion
  std::vector<call> calls;       // in order of time
  std::optional<area_index> outbreak_ward;
};

// An error is a sentence: no ward with a population, an unknown outbreak ward.
[[nodiscard]] result<city, std::string> build_city(const plan& wanted, const area_table& areas,
                                                   const std::optional<area_code>& root, const zone& local);

} // namespace forewarn::simulate
