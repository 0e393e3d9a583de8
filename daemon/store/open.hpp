// SPDX-License-Identifier: Apache-2.0
// The embedded store: one SQLite file in the state folder. Nothing outside daemon/store knows that it is SQLite.
#pragma once

#include "forewarn/result.hpp"
#include "forewarn/store.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace forewarn {

[[nodiscard]] std::filesystem::path database_file(const std::filesystem::path& state_dir);

// The one writer: takes the folder's lock, creates folder and database where they are missing (mode 0640), brings the
// schema up to date. The error says what to do: another process writes, a newer schema, a full or read-only disk.
[[nodiscard]] result<std::unique_ptr<store>, std::string> open_store(const std::filesystem::path& state_dir);

// A reader beside the writer, in this process or another; sees what is committed. Each is for one thread at a time:
// give every thread its own.
[[nodiscard]] result<std::unique_ptr<store_reader>, std::string> open_reader(const std::filesystem::path& state_dir);

// A store that lives as long as the object, for tests and dry runs.
[[nodiscard]] std::unique_ptr<store> memory_store();

} // namespace forewarn
