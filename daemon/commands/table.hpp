// SPDX-License-Identifier: Apache-2.0
// A table for people on a terminal: columns as wide as their widest cell, the last one as long as it is.
#pragma once

#include <string>
#include <vector>

namespace forewarn::commands {

[[nodiscard]] std::string as_table(const std::vector<std::string>& header,
                                   const std::vector<std::vector<std::string>>& rows);

} // namespace forewarn::commands
