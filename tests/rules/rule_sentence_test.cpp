// SPDX-License-Identifier: Apache-2.0
// Rules said back in English, and problems as they are shown: golden files, rewritten with FOREWARN_UPDATE_GOLDEN=1.
#include "rules/small_world.hpp"

#include "rules/read/sentence.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

using namespace forewarn;
using namespace forewarn::test;

namespace {

std::string golden_path(const std::string& name) {
  return std::string{FOREWARN_SOURCE_DIR} + "/tests/rules/golden/" + name;
}

std::string contents(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void compare(const std::string& name, const std::string& got) {
  if (std::getenv("FOREWARN_UPDATE_GOLDEN") != nullptr) std::ofstream{golden_path(name)} << got; // NOLINT
  CHECK(got == contents(golden_path(name)));
}

} // namespace

TEST_CASE("sentences that managers read") {
  const source_text file{"sentences.yaml", contents(golden_path("sentences.yaml"))};
  REQUIRE_FALSE(file.text.empty());
  const auto loaded = rules::load_rules({file}, small_reference());
  CHECK(render(loaded.found, {file}) == "");
  std::string got;
  for (const auto& one : loaded.rules->rules) {
    got += one.id.str() + ":\n  " + one.sentence + '\n';
    for (const auto& more : rules::further_sentences(one)) got += "  " + more + '\n';
  }
  compare("sentences.txt", got);
}

TEST_CASE("problems as a person sees them") {
  const source_text file{"etc/rules.d/broken.yaml", contents(golden_path("broken.yaml"))};
  REQUIRE_FALSE(file.text.empty());
  const auto loaded = rules::load_rules({file}, small_reference());
  compare("broken.txt", render(loaded.found, {file}));
}
