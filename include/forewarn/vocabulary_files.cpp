// SPDX-License-Identifier: Apache-2.0
#include "forewarn/vocabulary_files.hpp"

#include <filesystem>

namespace forewarn {

vocabulary_files sorted_vocabulary(std::vector<source_text> files) {
  vocabulary_files out;
  for (auto& file : files) {
    const std::filesystem::path path{file.path};
    auto& into = path.parent_path().filename() == "codes" ? out.codes
                 : path.stem() == "kinds"                 ? out.kinds
                 : path.stem() == "settings"              ? out.settings
                                                          : out.substances;
    into.push_back(std::move(file));
  }
  return out;
}

} // namespace forewarn
