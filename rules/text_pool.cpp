// SPDX-License-Identifier: Apache-2.0
#include "rules/text_pool.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace forewarn::rules {
namespace {

constexpr unsigned offset_bits = 16;
constexpr std::size_t chunk_bytes = std::size_t{1} << offset_bits;
constexpr std::size_t most_chunks = std::size_t{1} << (32 - offset_bits);

using length = std::uint32_t;

} // namespace

text_pool::place text_pool::add(std::string_view text) {
  const bool is_short = text.size() < 0xff;
  const auto needed = text.size() + (is_short ? 1 : 1 + sizeof(length));
  if (chunks_.empty() || chunks_.back().size() + needed > chunk_bytes) {
    if (chunks_.size() == most_chunks) throw std::length_error{"the names of all observations are more than 4 GB"};
    chunks_.emplace_back().reserve(std::max(needed, chunk_bytes));
  }
  auto& into = chunks_.back();
  const auto chunk = static_cast<std::uint16_t>(first_ + chunks_.size() - 1);
  const auto where = (static_cast<place>(chunk) << offset_bits) | static_cast<place>(into.size());
  if (is_short) {
    into += static_cast<char>(text.size());
  } else {
    const auto size = static_cast<length>(text.size());
    std::array<char, sizeof size> bytes{};
    std::memcpy(bytes.data(), &size, sizeof size);
    into += static_cast<char>(0xff);
    into.append(bytes.data(), bytes.size());
  }
  into += text;
  return where;
}

std::uint16_t text_pool::chunk_of(place where) const {
  return static_cast<std::uint16_t>((where >> offset_bits) - first_);
}

void text_pool::forget_before(place where) {
  const auto count = chunk_of(where);
  chunks_.erase(chunks_.begin(), chunks_.begin() + count);
  first_ = static_cast<std::uint16_t>(first_ + count);
}

std::string_view text_pool::at(place where) const {
  const std::string_view rest = std::string_view{chunks_[chunk_of(where)]}.substr(where & (chunk_bytes - 1));
  const auto size = static_cast<unsigned char>(rest.front());
  if (size < 0xff) return rest.substr(1, size);
  length long_size = 0;
  std::memcpy(&long_size, rest.data() + 1, sizeof long_size);
  return rest.substr(1 + sizeof long_size, long_size);
}

} // namespace forewarn::rules
