// SPDX-License-Identifier: Apache-2.0
// A request of the daemon's to itself over its own local socket: the way that `forewarn` and the canary come.
#pragma once

#include <filesystem>
#include <string>

namespace forewarn::http {

// Blocks, ten seconds at most; never on the I/O thread. The answer's status; 0 where there was none.
[[nodiscard]] unsigned ask_local(const std::filesystem::path& socket, const std::string& method,
                                 const std::string& target);

} // namespace forewarn::http
