// SPDX-License-Identifier: Apache-2.0
// Folders that hold records or keys: whoever is first to need one makes it so that not everybody may look into it.
#pragma once

#include <filesystem>
#include <system_error>

namespace forewarn {

// Makes `folder`, and those above it, where it is not there: 0750. One that is there keeps the mode it has.
[[nodiscard]] std::error_code make_private_folder(const std::filesystem::path& folder);

} // namespace forewarn
