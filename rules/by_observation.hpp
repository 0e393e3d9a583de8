// SPDX-License-Identifier: Apache-2.0
// A small number for some of the engine's observations. Observations are numbered as they come, so nearly all are
// added at the end: eight bytes each, found by halving.
#pragma once

#include "rules/tally.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <deque>
#include <limits>
#include <optional>

namespace forewarn::rules {

class by_observation {
public:
  static constexpr std::uint32_t nothing = std::numeric_limits<std::uint32_t>::max();

  [[nodiscard]] std::optional<std::uint32_t> find(observation_index who) const {
    if (const auto* held = in_line(who)) {
      if (held->value == nothing) return {};
      return held->value;
    }
    if (stragglers_.empty()) return {};
    const auto it = stragglers_.find(who);
    return it == stragglers_.end() ? std::nullopt : std::optional{it->second};
  }

  // Anything but `nothing`.
  void put(observation_index who, std::uint32_t value) {
    if (line_.empty() || line_.back().who < who) {
      line_.push_back({who, value});
      ++size_;
    } else if (auto* held = in_line(who)) {
      if (held->value == nothing) ++size_;
      held->value = value;
    } else if (stragglers_.insert_or_assign(who, value).second) {
      ++size_;
    }
  }

  void erase(observation_index who) {
    if (auto* held = in_line(who)) {
      if (held->value != nothing) --size_;
      held->value = nothing;
    } else {
      size_ -= stragglers_.erase(who);
    }
  }

  // Those for whom `gone` says so; how many were held.
  template <class Gone> std::size_t erase_if(const Gone& gone) {
    const auto before = size_;
    const auto kept = std::remove_if(line_.begin(), line_.end(), [&](const slot& one) {
      const bool leaves = gone(one.who);
      if (leaves && one.value != nothing) --size_;
      return leaves;
    });
    line_.erase(kept, line_.end());
    size_ -= boost::unordered::erase_if(stragglers_, [&](const auto& one) { return gone(one.first); });
    return before - size_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.line_, me.stragglers_);
    auto size = static_cast<std::uint64_t>(me.size_);
    to(size);
    if constexpr (Archive::reads) me.size_ = static_cast<std::size_t>(size);
  }

private:
  struct slot {
    observation_index who = 0;
    std::uint32_t value = nothing;
  };

  [[nodiscard]] const slot* in_line(observation_index who) const {
    if (line_.empty() || line_.back().who < who) return nullptr;
    const auto it = std::lower_bound(line_.begin(), line_.end(), who,
                                     [](const slot& one, auto wanted) { return one.who < wanted; });
    return it != line_.end() && it->who == who ? &*it : nullptr;
  }
  [[nodiscard]] slot* in_line(observation_index who) {
    return const_cast<slot*>(static_cast<const by_observation*>(this)->in_line(who));
  }

  std::deque<slot> line_;                                                  // by `who`
  boost::unordered_flat_map<observation_index, std::uint32_t> stragglers_; // first held after later ones were
  std::size_t size_ = 0;
};

} // namespace forewarn::rules
