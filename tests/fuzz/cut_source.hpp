// SPDX-License-Identifier: Apache-2.0
// The same bytes in small pieces of changing size, as a slow partner sends them.
#pragma once

#include "connectors/feed.hpp"
#include "fuzz/input.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace forewarn::fuzz {

inline connectors::byte_source cut_source(std::string text) {
  return [text = std::move(text), at = std::size_t{0}, turn = std::size_t{0}](char* buffer, std::size_t size) mutable {
    const auto piece = std::min({size, text.size() - at, 1 + turn++ % 3});
    std::memcpy(buffer, text.data() + at, piece);
    at += piece;
    return piece;
  };
}

} // namespace forewarn::fuzz
