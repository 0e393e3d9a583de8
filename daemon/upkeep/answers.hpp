// SPDX-License-Identifier: Apache-2.0
// What came of a reload and of a purge, for whoever asked.
#pragma once

#include "forewarn/problem.hpp"

#include <cstdint>
#include <string>

namespace forewarn {

struct reload_answer {
  bool good = false;
  std::string text; // "reloaded: ...", or every problem with its line
  problems found;   // where it was the files
};

struct purge_answer {
  std::int64_t records = 0;
  std::string text;  // per feed
  std::string wrong; // why nothing (more) was purged; empty: all went well
};

} // namespace forewarn
