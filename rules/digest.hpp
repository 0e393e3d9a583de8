// SPDX-License-Identifier: Apache-2.0
// A 64-bit fingerprint that is the same on every machine and in every version. Not for secrets, and not against
// people who want collisions.
#pragma once

#include "forewarn/observation.hpp"

#include <cstdint>
#include <string_view>

namespace forewarn::rules {

class digest {
public:
  void add(std::string_view text);
  void add(std::int64_t number);
  void add(double number);
  void add(bool truth) { add(static_cast<std::int64_t>(truth)); }
  [[nodiscard]] std::uint64_t value() const;

private:
  void add_bytes(const char* first, std::size_t count);
  std::uint64_t sum_ = 14695981039346656037ULL; // FNV-1a
};

// Of everything that `same_content` compares.
[[nodiscard]] std::uint64_t content_digest(const observation& one);

} // namespace forewarn::rules
