// SPDX-License-Identifier: Apache-2.0
// The windows that hold a signal up, or whose evidence joined it: sixteen bytes each, for a busy signal has thousands.
// What was found in a window, and how long it is, are the same for many: a life keeps each such standing once.
#pragma once

#include "rules/machines/looked.hpp"

#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace forewarn::rules {

struct standing {
  time_window span; // ends at the window's id
  verdict found;
  bool firm = false; // holds the signal up; otherwise only its evidence joined
};

class standings {
public:
  using index = std::uint32_t;
  [[nodiscard]] index number_of(const standing& one);
  [[nodiscard]] standing at(index which, instant end) const;

  template <class Archive, class Self> static void fields(Archive& to, Self& me) {
    to(me.all_);
    if constexpr (Archive::reads)
      for (index i = 0; i < me.all_.size(); ++i) me.numbers_.emplace(me.all_[i], i);
  }

private:
  struct content {
    duration length{};
    verdict found;
    bool firm = false;
    friend bool operator<(const content& a, const content& b) {
      const auto all = [](const content& c) {
        return std::tie(c.length, c.found.level, c.found.value, c.found.bound, c.found.rank, c.firm);
      };
      return all(a) < all(b);
    }
  };
  std::vector<content> all_;
  std::map<content, index> numbers_;
};

class standing_windows {
public:
  using place = std::size_t;

  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  [[nodiscard]] std::optional<place> find(const window_id& id) const;
  // Where it is; true where it was not there.
  [[nodiscard]] std::pair<place, bool> find_or_add(const window_id& id);
  [[nodiscard]] window_id id(place where) const { return {slots_[where].end, slots_[where].record}; }
  [[nodiscard]] standing at(place where, const standings& all) const {
    return all.at(slots_[where].what, slots_[where].end);
  }
  void put(place where, const standing& one, standings& all) { slots_[where].what = all.number_of(one); }
  void erase(place where) { slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(where)); }
  template <class Gone> void erase_if(const Gone& gone, const standings& all) {
    std::erase_if(slots_, [&](const slot& one) {
      return gone(window_id{one.end, one.record}, all.at(one.what, one.end));
    });
  }
  // Each standing has moved to another book of them.
  void move_to(standings& to, const standings& from) {
    for (auto& one : slots_) one.what = to.number_of(from.at(one.what, one.end));
  }
  void clear() { std::vector<slot>{}.swap(slots_); }
  void settle() { slots_.shrink_to_fit(); } // nothing is expected to be added

  template <class Archive, class Self> static void fields(Archive& to, Self& me) { to(me.slots_); }

private:
  struct slot {
    instant end;
    observation_index record = 0;
    standings::index what = 0;
  };
  [[nodiscard]] std::vector<slot>::const_iterator first_not_before(const window_id& id) const;

  std::vector<slot> slots_; // by id
};

} // namespace forewarn::rules
