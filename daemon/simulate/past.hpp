// SPDX-License-Identifier: Apache-2.0
// A simulated past, day by day: partner files in the order in which they would be handed over, and the truth about
// them. Writes nothing by itself.
#pragma once

#include "daemon/simulate/outbreaks.hpp"
#include "daemon/simulate/partners.hpp"

#include <map>

namespace forewarn::simulate {

// A wish that can be met, with everything settled that does not depend on the day.
struct setting_of_past {
  plan wanted;
  landscape land;
  std::vector<outbreak> outbreaks;
};

// The scale at which so many emergencies with an ambulance happen on an average day.
[[nodiscard]] double scale_for(double calls_per_day, double population);

// An error is a sentence for the person who asked.
[[nodiscard]] result<setting_of_past, std::string> prepare(const plan& wanted, const area_table& areas,
                                                           const std::optional<area_code>& root, const zone& local);

// What the files hold, summed while they are written.
struct past_truth {
  struct found_row {
    std::string feed, id, file;
  };
  std::map<std::string, row_counts> by_feed;
  std::vector<std::pair<std::string, row_counts>> by_file; // "ambulance/ambulance-2026-01-18.csv"
  std::vector<std::vector<found_row>> outbreak_rows;       // by outbreak, in the order of arrival
  std::size_t not_sent = 0;                                // still on its way at the end
};

// Memory does not grow with the span. `each` hears of every file in the order of time.
[[nodiscard]] past_truth play(const setting_of_past& of, const zone& local, const post_office::receiver& each);

// truth.json: what a good watch should find, where, from when, and in which rows; and how many rows of what sort.
[[nodiscard]] std::string truth_as_json(const setting_of_past& of, const past_truth& found, const area_table& areas,
                                        const zone& local);

} // namespace forewarn::simulate
