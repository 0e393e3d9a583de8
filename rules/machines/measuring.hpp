// SPDX-License-Identifier: Apache-2.0
// What one observation adds to a count, by the rule's measure.
#pragma once

#include "rules/plan.hpp"
#include "rules/tally.hpp"

#include <string>
#include <unordered_map>

namespace forewarn::rules {

class measuring {
public:
  explicit measuring(measure what) : what_{std::move(what)} {}

  // Incidents, people and sites count once however many observations share the id; an observation without the id
  // counts as one of its own (an incident: by its weight). A sum counts nothing where the field is lacking.
  [[nodiscard]] entry measured(observation_index who, const observation& seen);

private:
  [[nodiscard]] std::uint32_t number_of(const std::string& id);

  measure what_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

} // namespace forewarn::rules
