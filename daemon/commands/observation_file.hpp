// SPDX-License-Identifier: Apache-2.0
// Observations from a file of NDJSON, plain or gzipped, or from standard input. A line that cannot be used is told with
// its number; the rest goes on.
#pragma once

#include "forewarn/observation.hpp"
#include "forewarn/result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace forewarn::commands {

struct observations_read {
  std::vector<observation> taken; // in the order of the file
  std::size_t refused = 0;
};

// `path` "-" is standard input. `complain` hears of each line that is refused, "FILE:12: 'kind' is missing". An error
// where the file itself cannot be read.
[[nodiscard]] result<observations_read, std::string>
read_observations(const std::string& path, const std::function<void(const std::string&)>& complain);

} // namespace forewarn::commands
