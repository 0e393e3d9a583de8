// SPDX-License-Identifier: Apache-2.0
// A feed that joins others is no cluster where it begins: what it sends in its first 28 days makes baseline only.
#pragma once

#include "rules/feed_beginning.hpp"
#include "rules/periodic/periods.hpp"

#include <algorithm>
#include <span>

namespace forewarn::rules {

class new_feeds {
public:
  new_feeds(std::span<const feed_beginning> all, const periods& calendar) : all_{all}, calendar_{calendar} {}

  // The first feed of all has nothing to stand out from.
  [[nodiscard]] bool is_new(const feed_id& feed, period day) const {
    return std::any_of(all_.begin(), all_.end(), [&](const feed_beginning& one) {
      return one.feed == feed && day < calendar_.of(one.at) + days_of_baseline && !is_first(one);
    });
  }
  [[nodiscard]] bool any_new(period day) const {
    return std::any_of(all_.begin(), all_.end(), [&](const feed_beginning& one) { return is_new(one.feed, day); });
  }

private:
  static constexpr period days_of_baseline = 28;
  [[nodiscard]] bool is_first(const feed_beginning& one) const {
    return std::none_of(all_.begin(), all_.end(), [&](const feed_beginning& other) { return other.at < one.at; });
  }
  std::span<const feed_beginning> all_;
  const periods& calendar_;
};

} // namespace forewarn::rules
