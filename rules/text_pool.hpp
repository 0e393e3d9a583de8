// SPDX-License-Identifier: Apache-2.0
// Many short texts, each kept once and never moved: a few bytes over its length, where a string of its own costs
// dozens. Nothing is ever taken out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::rules {

class text_pool {
public:
  using place = std::uint32_t;

  // std::length_error beyond four gigabytes.
  [[nodiscard]] place add(std::string_view text);
  [[nodiscard]] std::string_view at(place where) const;

  template <class Archive, class Self> static void fields(Archive& to, Self& me) { to(me.chunks_); }

private:
  std::vector<std::string> chunks_; // each reserved once and never grown past it
};

} // namespace forewarn::rules
