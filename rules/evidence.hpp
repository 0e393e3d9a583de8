// SPDX-License-Identifier: Apache-2.0
// The observations that a signal rests on: by number, four bytes each.
#pragma once

#include "rules/tally.hpp"

#include <algorithm>
#include <vector>

namespace forewarn::rules {

class evidence {
public:
  // False where it was there already.
  bool insert(observation_index one) {
    const auto it = ids_.empty() || ids_.back() < one ? ids_.end() : std::lower_bound(ids_.begin(), ids_.end(), one);
    if (it != ids_.end() && *it == one) return false;
    const auto where = it - ids_.begin();
    if (ids_.size() == ids_.capacity()) ids_.reserve(ids_.size() + ids_.size() / 4 + 4);
    ids_.insert(ids_.begin() + where, one);
    return true;
  }
  [[nodiscard]] bool contains(observation_index one) const {
    if (ids_.empty() || one < ids_.front() || one > ids_.back()) return false;
    return std::binary_search(ids_.begin(), ids_.end(), one);
  }
  template <class Condition> void erase_if(const Condition& gone) { std::erase_if(ids_, gone); }
  void settle() { ids_.shrink_to_fit(); } // nothing is expected to be added

  [[nodiscard]] bool empty() const noexcept { return ids_.empty(); }
  [[nodiscard]] auto begin() const noexcept { return ids_.begin(); }
  [[nodiscard]] auto end() const noexcept { return ids_.end(); }

  template <class Archive, class Self> static void fields(Archive& to, Self& me) { to(me.ids_); }

private:
  std::vector<observation_index> ids_; // sorted
};

} // namespace forewarn::rules
