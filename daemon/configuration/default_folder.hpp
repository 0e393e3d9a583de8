// SPDX-License-Identifier: Apache-2.0
// Which configuration folder is meant where nobody says.
#pragma once

#include <filesystem>

namespace forewarn {

// /etc/forewarn; for a program installed elsewhere than in the system (PREFIX/bin), PREFIX/etc/forewarn where that is.
[[nodiscard]] std::filesystem::path default_config_dir();

} // namespace forewarn
