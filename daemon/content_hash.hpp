// SPDX-License-Identifier: Apache-2.0
// Under what a file or a body is known when it comes again: "sha256:" and hex, of the bytes as they came.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace forewarn {

[[nodiscard]] std::string content_hash(std::string_view bytes);
// Throws std::runtime_error where the file cannot be read to its end.
[[nodiscard]] std::string content_hash_of_file(const std::filesystem::path& path);

} // namespace forewarn
