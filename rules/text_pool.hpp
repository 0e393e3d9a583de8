// SPDX-License-Identifier: Apache-2.0
// Many short texts, each kept once and never moved: a few bytes over its length, where a string of its own costs
// dozens. The oldest are forgotten together.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace forewarn::rules {

class text_pool {
public:
  using place = std::uint32_t;

  // std::length_error beyond four gigabytes at a time.
  [[nodiscard]] place add(std::string_view text);
  [[nodiscard]] std::string_view at(place where) const;

  // What was added before the text there.
  void forget_before(place where);

  template <class Archive, class Self> static void fields(Archive& to, Self& me) { to(me.chunks_, me.first_); }

private:
  [[nodiscard]] std::uint16_t chunk_of(place where) const;

  std::deque<std::string> chunks_; // each reserved once and never grown past it
  std::uint16_t first_ = 0;        // the number of the first of them; they are counted round
};

} // namespace forewarn::rules
