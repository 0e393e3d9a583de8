// SPDX-License-Identifier: Apache-2.0
// The vocabulary of etc/vocabulary, whole.
#pragma once

#include "forewarn/vocabulary.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace forewarn::fuzz {

inline vocabulary shipped_vocabulary() {
  std::vector<source_text> files;
  for (const auto& entry :
       std::filesystem::directory_iterator{std::filesystem::path{FOREWARN_SOURCE_DIR} / "etc" / "vocabulary"}) {
    if (entry.path().extension() != ".yaml" || entry.path().filename() == "kinds.yaml") continue;
    std::ostringstream text;
    text << std::ifstream{entry.path()}.rdbuf();
    files.push_back({entry.path().filename().string(), text.str()});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  problems found;
  return parse_vocabulary(files, found);
}

} // namespace forewarn::fuzz
