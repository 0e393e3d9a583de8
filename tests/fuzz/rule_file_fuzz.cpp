// SPDX-License-Identifier: Apache-2.0
// Any bytes as a rule file: never a crash, every problem can be shown, every good rule has its sentence and hash.
#include "fuzz/input.hpp"
#include "rules/small_world.hpp"

using namespace forewarn;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<source_text> files{{"rules.yaml", fuzz::text_of(data, size)}};
  const auto loaded = rules::load_rules(files, test::small_reference());
  (void)render(loaded.found, files);
  for (const auto& one : loaded.rules->rules)
    fuzz::promise(!one.sentence.empty() && one.hash.size() == 71, "a good rule has a sentence and a hash");
  return 0;
}
