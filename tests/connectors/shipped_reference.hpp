// SPDX-License-Identifier: Apache-2.0
// The reference data of etc/, loaded once for tests.
#pragma once

#include "forewarn/reference.hpp"
#include "forewarn/vocabulary_files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace forewarn::connectors::testing {

// Of a folder or one file, relative to the project.
inline std::vector<source_text> texts_of(const std::string& relative) {
  std::vector<source_text> out;
  const auto root = std::filesystem::path{FOREWARN_SOURCE_DIR} / relative;
  const auto take = [&](const std::filesystem::path& path) {
    std::ifstream in{path};
    out.push_back({std::filesystem::relative(path, FOREWARN_SOURCE_DIR).string(),
                   {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}}});
  };
  if (std::filesystem::is_regular_file(root))
    take(root);
  else
    for (const auto& entry : std::filesystem::recursive_directory_iterator{root})
      if (entry.path().extension() == ".yaml") take(entry.path());
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return out;
}

inline std::shared_ptr<const reference_data> shipped_reference() {
  static const auto held = [] {
    auto out = std::make_shared<reference_data>();
    problems found;
    const auto words = sorted_vocabulary(texts_of("etc/vocabulary"));
    out->substances = parse_vocabulary(words.substances, found);
    out->kinds = parse_kinds(words.kinds, found);
    out->settings = parse_settings(words.settings, found);
    out->codes = parse_code_systems(words.codes, out->substances, found);
    out->areas = parse_areas(texts_of("etc/areas"), found);
    out->local_zone = *zone::named("Europe/London");
    for (const auto& p : found) FAIL_CHECK(p.path << ": " << p.message);
    return std::shared_ptr<const reference_data>{out};
  }();
  return held;
}

} // namespace forewarn::connectors::testing
