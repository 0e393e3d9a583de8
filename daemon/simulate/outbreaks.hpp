// SPDX-License-Identifier: Apache-2.0
// Known events to hide among ordinary days: what a good watch should find. Each is settled by its wish and the seed
// before the first day is drawn, and changes nothing of the ordinary.
#pragma once

#include "daemon/simulate/incident.hpp"
#include "daemon/simulate/landscape.hpp"
#include "daemon/simulate/plan.hpp"

namespace forewarn::simulate {

struct outbreak {
  std::string kind;
  std::string drug;
  std::size_t place = 0;
  std::optional<std::size_t> site;
  civil_time from; // its first case
  civil_time until;
  std::vector<incident> incidents; // in order of time
  std::vector<sample> samples;
};

// Adds an event's site to `land`. An error is a sentence: an unknown ward, an event outside the span.
[[nodiscard]] result<std::vector<outbreak>, std::string> plan_outbreaks(const plan& wanted, landscape& land,
                                                                        const area_table& areas, const zone& local);

// Adds what of the outbreaks falls on that day, in order of time, numbered after the ordinary.
void add_to_day(const std::vector<outbreak>& all, one_day& day);

} // namespace forewarn::simulate
