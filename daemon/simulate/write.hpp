// SPDX-License-Identifier: Apache-2.0
// Puts the city's files into a folder, with truth.json beside them: what a good watch should find, and what it should
// count.
#pragma once

#include "daemon/simulate/ambulance_export.hpp"
#include "daemon/simulate/city.hpp"
#include "daemon/simulate/drug_tests.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace forewarn::simulate {

struct written {
  std::vector<std::filesystem::path> files;
  row_counts ambulance;
  int samples = 0;
  std::string outbreak; // "6 call-outs in Armley"; empty without
};

// Throws std::filesystem::filesystem_error or std::ios_base::failure where the folder cannot be written.
[[nodiscard]] written write_city(const plan& wanted, const city& of, const area_table& areas, const zone& local,
                                 const std::filesystem::path& folder);

} // namespace forewarn::simulate
