// SPDX-License-Identifier: Apache-2.0
// Which feeds are overdue now, and whose rules they hold.
#pragma once

#include "forewarn/feed_turn.hpp"
#include "rules/plan.hpp"

#include <map>
#include <optional>

namespace forewarn::rules {

// By its `observe`: what it would take of the feed's records, `where` apart.
[[nodiscard]] bool observes(const rule& by, const feed_id& feed, const kind_id& kind);

class overdue_feeds {
public:
  // False where the turn changes nothing.
  bool take(const feed_turn& turn);
  [[nodiscard]] bool touch(const rule& by) const;
  [[nodiscard]] std::optional<kind_id> kind_of(const feed_id& overdue) const;

  template <class Archive, class Self> static void fields(Archive& to, Self& me) { to(me.feeds_); }

private:
  std::map<feed_id, kind_id> feeds_;
};

} // namespace forewarn::rules
