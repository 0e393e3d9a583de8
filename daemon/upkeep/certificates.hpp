// SPDX-License-Identifier: Apache-2.0
// Until when the certificates that the configuration names are good.
#pragma once

#include "daemon/in_force.hpp"

#include <filesystem>
#include <vector>

namespace forewarn {

struct certificate_end {
  std::filesystem::path file;
  instant until; // of the one in it that ends first
};

// Every certificate file of the settings and services that can be read.
[[nodiscard]] std::vector<certificate_end> certificate_ends(const configuration& all);
[[nodiscard]] std::vector<certificate_end> certificates_that_end(const in_force& now, instant before);

} // namespace forewarn
