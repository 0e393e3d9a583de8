// SPDX-License-Identifier: Apache-2.0
// Compares the header of what a feed sends with the one it sent last. A column that is gone is an operator's notice at
// once, never a silent half-read; so is a new one, for it may be the old one renamed.
#pragma once

#include "connectors/feed.hpp"
#include "daemon/desk.hpp"

#include <memory>
#include <string>
#include <vector>

namespace forewarn::arrival {

// What differs, by name; order is of no matter.
struct header_change {
  std::vector<std::string> gone, fresh;
  [[nodiscard]] bool any() const { return !gone.empty() || !fresh.empty(); }
};
[[nodiscard]] header_change compare(const std::vector<std::string>& before, const std::vector<std::string>& now);

class header_watch {
public:
  explicit header_watch(desk& at);
  header_watch(const header_watch&) = delete;
  header_watch& operator=(const header_watch&) = delete;
  ~header_watch();

  // Once the first rows of a file or body were asked for. From any thread; never blocks. `source` is a file's name or
  // "push".
  void seen(const connectors::feed& of, const std::string& source, const connectors::row_stream& rows);

private:
  struct state;
  std::shared_ptr<state> state_; // outlives the jobs it hands to the desk
};

} // namespace forewarn::arrival
