// SPDX-License-Identifier: Apache-2.0
// What a partner does with a feed's folder: drops a file the way it should be done, and reads what lies there.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace forewarn::test {

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Written under another name, then renamed: nobody reads half of it.
inline void drop(const std::filesystem::path& inbox, const std::string& name, const std::string& text) {
  std::filesystem::create_directories(inbox);
  { std::ofstream{inbox / (name + ".part")} << text; }
  std::filesystem::rename(inbox / (name + ".part"), inbox / name);
}

} // namespace forewarn::test
