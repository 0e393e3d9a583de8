// SPDX-License-Identifier: Apache-2.0
#include "daemon/upkeep/room.hpp"

#include <array>
#include <fmt/format.h>

#include <sys/statvfs.h>

namespace forewarn {

std::optional<disk_room> room_at(const std::filesystem::path& folder) {
  struct statvfs found {};
  if (::statvfs(folder.c_str(), &found) != 0) return {};
  const auto block = static_cast<std::uint64_t>(found.f_frsize);
  return disk_room{block * found.f_bavail, block * found.f_blocks, (found.f_flag & ST_RDONLY) != 0};
}

std::string spell_bytes(std::uint64_t bytes) {
  constexpr std::array units{"bytes", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < units.size(); ++unit) value /= 1000;
  return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", value, units.at(unit));
}

} // namespace forewarn
