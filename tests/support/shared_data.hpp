// SPDX-License-Identifier: Apache-2.0
// Real public input that lies beside the project and never in it. A test that needs it says so and stops where it is
// absent; with FOREWARN_REQUIRE_DATA=1 it fails instead.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace forewarn::testing {

// `relative` to the folder of shared input: "data/ems/x.csv.gz".
inline std::optional<std::filesystem::path> shared_data(std::string_view relative) {
  const auto path = std::filesystem::path{FOREWARN_SOURCE_DIR}.parent_path() / "shared" / relative;
  if (std::filesystem::exists(path)) return path;
  const char* required = std::getenv("FOREWARN_REQUIRE_DATA"); // NOLINT(concurrency-mt-unsafe): tests do not set it
  const bool must = required != nullptr && std::string_view{required} == "1";
  if (must) FAIL("real input is required and absent: ../shared/" << relative);
  MESSAGE("skipped: real input is absent: ../shared/" << relative);
  return {};
}

} // namespace forewarn::testing
