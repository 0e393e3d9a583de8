// SPDX-License-Identifier: Apache-2.0
// Compares text with a file beside the tests. FOREWARN_UPDATE_GOLDEN=1 writes the file instead: then read the diff.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace forewarn::test {

inline void check_golden(const std::string& file, const std::string& text) {
  const auto path = std::filesystem::path{FOREWARN_SOURCE_DIR} / "tests" / file;
  if (std::getenv("FOREWARN_UPDATE_GOLDEN") != nullptr) { // NOLINT(concurrency-mt-unsafe)
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
    return;
  }
  std::ifstream in{path, std::ios::binary};
  REQUIRE_MESSAGE(in, "no golden file " << file << "; FOREWARN_UPDATE_GOLDEN=1 writes it");
  std::ostringstream expected;
  expected << in.rdbuf();
  CAPTURE(file);
  CHECK(text == expected.str());
}

} // namespace forewarn::test
