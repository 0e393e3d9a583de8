// SPDX-License-Identifier: Apache-2.0
// Operator notices for those who are not inside a transaction of the desk: raised and cleared from any thread, by key,
// never blocking. Inside one, use `desk_view::process.raise` and `clear`; both lead to the same table and messages.
//
// A notice whose job the desk could not take or commit (a full disk) is kept in memory, written to the log at once,
// and handed in again by `retry`. What must be heard without the disk goes by `daemon/health/urgent` as well.
#pragma once

#include "daemon/desk.hpp"
#include "forewarn/operator_notice.hpp"

#include <memory>
#include <string>
#include <vector>

namespace forewarn {

class operator_notices {
public:
  explicit operator_notices(desk& at);
  operator_notices(const operator_notices&) = delete;
  operator_notices& operator=(const operator_notices&) = delete;
  ~operator_notices(); // outlives the desk's jobs: build it before the desk stops, destroy it after

  // Only key, type, about, subject, text and level are the caller's. Raising what stands already, and clearing what
  // does not, is cheap: both may be done at every look.
  void raise(operator_notice what);
  void clear(const std::string& key, const std::string& text);

  // Hands in again what the desk did not take; now and then, from one thread.
  void retry();
  [[nodiscard]] std::size_t waiting() const; // not yet written down

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace forewarn
