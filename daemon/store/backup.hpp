// SPDX-License-Identifier: Apache-2.0
// The database as a whole: a copy of it while the daemon writes, a copy put back, and a look at its health.
#pragma once

#include "forewarn/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace forewarn {

// One consistent copy of what is committed now, checked, on disk under its name only once it is whole (mode 0600). The
// daemon goes on writing meanwhile. Refuses to replace a file. Answers its size.
[[nodiscard]] result<std::uint64_t, std::string> back_up(const std::filesystem::path& state_dir,
                                                         const std::filesystem::path& to);

// Puts a backup into a state folder that holds no database. The copy is checked before and after.
[[nodiscard]] result<void, std::string> restore(const std::filesystem::path& from,
                                                const std::filesystem::path& state_dir);

struct database_health {
  bool made = true;      // false before the daemon first starts: the rest is empty
  std::string integrity; // "ok", or what SQLite found
  std::uint64_t bytes = 0, wal_bytes = 0;
};
// `thorough` reads every page; else only that it opens and is one of ours.
[[nodiscard]] result<database_health, std::string> look_at_database(const std::filesystem::path& state_dir,
                                                                    bool thorough);

} // namespace forewarn
