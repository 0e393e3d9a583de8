// SPDX-License-Identifier: Apache-2.0
// One look into a feed's folder: which files could be taken, and what lies there that cannot. Opens nothing for long,
// waits for nothing, changes nothing.
#pragma once

#include "forewarn/instant.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace forewarn::folder {

struct seen_file {
  std::string name;
  std::int64_t size = 0;
  instant modified_at;
  bool marked = false; // NAME.done or NAME.ready says that it is whole

  [[nodiscard]] bool same_as(const seen_file& other) const {
    return name == other.name && size == other.size && modified_at == other.modified_at;
  }
};

// Something that lies in the folder and cannot be taken, and why: for the operator, once.
struct notice {
  std::string name;
  std::string why;
};

struct look {
  std::vector<seen_file> files; // oldest first, then by name
  std::vector<notice> notices;
  std::string error; // the folder itself cannot be read; empty: it can
};

[[nodiscard]] look look_at(const std::filesystem::path& folder, const std::string& pattern);

// Names that say "not yet": hidden, or ending .part, .tmp, .filepart; and our own NAME.problem.txt and the like.
[[nodiscard]] bool is_left_alone(const std::string& name);
[[nodiscard]] bool fits(const std::string& pattern, const std::string& name);

// The marks that say that NAME is whole: NAME.done, NAME.ready and the same with NAME's own ending left out.
[[nodiscard]] std::vector<std::string> marks_of(const std::string& name);

} // namespace forewarn::folder
