// SPDX-License-Identifier: Apache-2.0
// What every fuzzer needs: its input as text, and a promise whose breach stops the program.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace forewarn::fuzz {

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {data, data + size};
}

inline void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

} // namespace forewarn::fuzz
