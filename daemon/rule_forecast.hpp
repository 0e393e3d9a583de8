// SPDX-License-Identifier: Apache-2.0
// What a change of rules would do to the signals that are open in the store, said before it is done: the same count
// that the reload answers afterwards. Reads; changes nothing.
#pragma once

#include "forewarn/store.hpp"
#include "rules/plan.hpp"

#include <cstddef>
#include <memory>

namespace forewarn {

struct rule_forecast {
  std::size_t rules = 0;  // new, or of another meaning than in force
  std::size_t closes = 0; // open in the store, and not by these rules
  std::size_t opens = 0;  // open by these rules alone
};

// Only rules that mean something else than those in force are run over the stored past.
[[nodiscard]] rule_forecast forecast(std::shared_ptr<const rules::rule_set> to, const store_reader& stored);

} // namespace forewarn
