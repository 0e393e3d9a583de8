// SPDX-License-Identifier: Apache-2.0
// Which file of vocabulary/ is what. The one place that knows the folder's layout.
#pragma once

#include "forewarn/problem.hpp"

#include <vector>

namespace forewarn {

struct vocabulary_files {
  std::vector<source_text> substances; // every other file
  std::vector<source_text> kinds;      // kinds.yaml
  std::vector<source_text> settings;   // settings.yaml
  std::vector<source_text> codes;      // those in codes/
};

[[nodiscard]] vocabulary_files sorted_vocabulary(std::vector<source_text> files);

} // namespace forewarn
