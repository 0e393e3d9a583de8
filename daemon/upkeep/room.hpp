// SPDX-License-Identifier: Apache-2.0
// Room on the disk of the state folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace forewarn {

struct disk_room {
  std::uint64_t free = 0;  // bytes that this process may use
  std::uint64_t total = 0; // bytes
  bool read_only = false;

  // Less than 512 MiB and less than a twentieth: time to act while everything still works.
  [[nodiscard]] bool low() const { return free < 512ULL << 20U && free < total / 20; }
};

[[nodiscard]] std::optional<disk_room> room_at(const std::filesystem::path& folder);
[[nodiscard]] std::string spell_bytes(std::uint64_t bytes); // "1.5 GB"

} // namespace forewarn
