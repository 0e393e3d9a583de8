// SPDX-License-Identifier: Apache-2.0
// What one observation adds to a count, by the rule's measure.
#pragma once

#include "rules/plan.hpp"
#include "rules/tally.hpp"

namespace forewarn::rules {

class measuring {
public:
  explicit measuring(const measure& what) : what_{what} {}

  // Incidents, people and sites count once however many observations share the id; an observation without the id
  // counts as one of its own (an incident: by its weight). A sum counts nothing where the field is lacking.
  [[nodiscard]] entry measured(observation_index who, const observation& seen) const;

private:
  const measure& what_; // the rule's
};

} // namespace forewarn::rules
