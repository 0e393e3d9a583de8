// SPDX-License-Identifier: Apache-2.0
// The way of a file through its folder: NAME -> .processing/NAME -> done/NAME or failed/NAME with NAME.problem.txt,
// and NAME.receipt.csv where NAME was dropped.
// Moves by rename only, so that a file is always in exactly one place. Blocking; runs on a worker thread.
#pragma once

#include "daemon/folder/look.hpp"
#include "daemon/folder/take_file.hpp"

namespace forewarn::folder {

// Makes the folder and those in it; throws std::filesystem::filesystem_error.
bool make_folders(const std::filesystem::path& folder);

// False where somebody else took it, or it may not be moved.
[[nodiscard]] bool claim(const feed_id& feed, const std::filesystem::path& folder, const seen_file& file);

// Names in .processing that fit, oldest first.
[[nodiscard]] std::vector<std::string> claimed_files(const std::filesystem::path& folder, const std::string& pattern);

// Takes the claimed file and moves it on; answers what came of it in a word, for the metrics.
std::string take_and_settle(const connectors::feed& of, const std::filesystem::path& folder, const std::string& name,
                            const file_desk& with);

} // namespace forewarn::folder
