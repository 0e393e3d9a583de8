// SPDX-License-Identifier: Apache-2.0
// Reading the reference data once settings are known; `load_reference` is this for people who only have a folder.
#pragma once

#include "daemon/settings.hpp"

namespace forewarn {

[[nodiscard]] reference_data read_reference(const settings& these, problems& found, std::vector<source_text>& sources);

} // namespace forewarn
