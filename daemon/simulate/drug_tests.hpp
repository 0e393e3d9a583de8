// SPDX-License-Identifier: Apache-2.0
// A drug-checking service's JSON of samples: what was bought as what, and what it was. During an outbreak one sample of
// the last days holds the outbreak's drug.
#pragma once

#include "daemon/simulate/city.hpp"

#include <string>

namespace forewarn::simulate {

struct drug_test_file {
  std::string name; // "drug-tests-2026-01-18.json"
  std::string text; // {"service": ..., "samples": [{...}, ...]}
  int samples = 0;
  std::string outbreak_sample; // its id; empty without an outbreak
};

[[nodiscard]] drug_test_file drug_tests(const plan& wanted, const city& of, const area_table& areas);

} // namespace forewarn::simulate
