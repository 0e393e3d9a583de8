// SPDX-License-Identifier: Apache-2.0
// A value that must not reach a log, a page or an error text by accident: keys, passwords, raw identifiers.
#pragma once

#include <string_view>
#include <utility>

namespace forewarn {

// Prints as "[redacted]". Reading it takes a call whose name a reviewer sees.
template <class Value> class sensitive {
public:
  sensitive() = default;
  explicit sensitive(Value value) : value_{std::move(value)} {}

  [[nodiscard]] const Value& reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }

  friend std::string_view to_text(const sensitive&) noexcept { return "[redacted]"; }

private:
  Value value_;
};

} // namespace forewarn
