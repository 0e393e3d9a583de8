// SPDX-License-Identifier: Apache-2.0
// Where a signal is, said no more closely than the audience may know: professionals read ward and site, services the
// ward, people who use drugs and the public the local authority. Never a postcode, never a home.
#pragma once

#include "daemon/alerting/words.hpp"

#include <string>
#include <vector>

namespace forewarn::alerting {

struct place {
  std::string name;             // "Armley, Leeds"
  std::vector<area_code> areas; // for routing and machines, coarsened alike
};

[[nodiscard]] place place_of(const signal_facts& facts, const reference_data& reference, audience to);

} // namespace forewarn::alerting
