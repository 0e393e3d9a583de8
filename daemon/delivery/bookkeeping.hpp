// SPDX-License-Identifier: Apache-2.0
// What the outbox does inside the desk's transactions: claims what is due and may be tried, and writes down what came
// of it. It sends nothing. Every member is called on the desk's thread.
#pragma once

#include "daemon/delivery/breaker.hpp"
#include "daemon/delivery/lane.hpp"
#include "daemon/delivery/outbox.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace forewarn::outbox {

// One delivery's outcome on its way to the store.
struct unsettled {
  claimed what;
  std::optional<attempt> came; // none: handed back without an attempt
  std::string url;             // of the destination, where it said 410
  double spread = 0;
};

struct claim_result {
  std::vector<claimed> rows;
  bool more = false; // there may be more that is due
  std::optional<instant> next;
  instant now;
};

class bookkeeping {
public:
  // What is due and whose destination is not known to be down; the rest is put off until it may be tried.
  void claim(desk_view& view, std::size_t most, claim_result& out);
  // Answers the row as it is now.
  delivery write_down(desk_view& view, const unsettled& one);

private:
  bool put_off(desk_view& view, delivery row);
  void learn(desk_view& view, const delivery& row, const attempt& came);
  [[nodiscard]] std::optional<instant> down_since(const delivery& row) const;

  breakers down_;
};

} // namespace forewarn::outbox
