// SPDX-License-Identifier: Apache-2.0
// A fingerprint of the reference data that decides into which series an observation goes: areas and what lies in or
// beside what, substances and how they are spelled, the zone, the age bands.
#pragma once

#include "forewarn/reference.hpp"

#include <cstdint>

namespace forewarn::rules {

[[nodiscard]] std::uint64_t reference_digest(const reference_data& all);

} // namespace forewarn::rules
