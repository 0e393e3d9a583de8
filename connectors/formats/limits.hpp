// SPDX-License-Identifier: Apache-2.0
// How large the parts of a file may be. Not settings: memory is planned with them, and no partner's honest file comes
// near. What is beyond is refused with the limit in the reason; docs/feeds.md lists them.
#pragma once

#include <cstddef>
#include <string>

#include <fmt/format.h>

namespace forewarn::connectors::limits {

// Of a CSV row, quoted line breaks included, or an NDJSON line. Costs that row.
inline constexpr std::size_t row_bytes = std::size_t{1} << 20U;
// Of one value in JSON. Costs that record.
inline constexpr std::size_t value_bytes = std::size_t{64} << 10U;
// Of a CSV header. Stops the file.
inline constexpr std::size_t columns = 20'000;
// Gzip: what a file may unpack to, once it is past the first of these. Text packs five- to thirtyfold, a bomb a
// thousandfold. Stops the file.
inline constexpr std::size_t unpacked_free = std::size_t{64} << 20U;
inline constexpr std::size_t unpacked_ratio = 200;

// "1 MiB", "64 KiB", as refusals say it.
[[nodiscard]] inline std::string spell(std::size_t bytes) {
  if (bytes % (std::size_t{1} << 20U) == 0) return fmt::format("{} MiB", bytes >> 20U);
  if (bytes % (std::size_t{1} << 10U) == 0) return fmt::format("{} KiB", bytes >> 10U);
  return fmt::format("{} bytes", bytes);
}

} // namespace forewarn::connectors::limits
