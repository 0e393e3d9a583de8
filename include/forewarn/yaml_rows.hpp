// SPDX-License-Identifier: Apache-2.0
// The rows of a table that lies in several files: `version` and one list, the same in each.
#pragma once

#include "forewarn/yaml.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::yaml {

// Gives `take` every item of the list under `key`, file by file, with the file's path. A file that cannot be read,
// lacks the list, or has something else in its place is told in `found` where it stands; the other files go on. An
// empty list is none.
void each_row(const std::vector<source_text>& files, std::string_view key, problems& found,
              const std::function<void(const node& row, const std::string& path)>& take);

} // namespace forewarn::yaml
